/// Icons of the page's places, as paths of a 24 by 24 box.
export const NAV_ICONS = {
  table: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M7 8v8M10 8v8M13 8v8M17 8v8',
  tubes: 'M8 3h8M9 3v14a3 3 0 006 0V3M9 11h6',
  boxes: 'M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8',
  queue: 'M7 9a2.500 2.500 0 100-5 2.500 2.500 0 000 5M3 20v-4c0-3 8-3 8 0v4M17 9a2.500 2.500 0 100-5 2.500 2.500 0 000 5M14 14c1-2 7-2 7 1v5',
  uploads: 'M12 16V5M7 9l5-5 5 5M4 16v4h16v-4',
} as const
