/// Icons of the scanning screen's tools, as paths of a 24 by 24 box.

export const TOOL_ICONS = {
  keyboard: 'M2 6h20v12H2zM6 10h.5M10 10h.5M14 10h.5M18 10h.5M7 14h10',
  card: 'M2 5h20v14H2zM8 13a2 2 0 100-4 2 2 0 000 4M5 16c.500-2 5.500-2 6 0M14.500 10H19M14.500 14H19',
  sliders: 'M4 6h9M17 6h3M15 4v4M4 12h3M11 12h9M9 10v4M4 18h9M17 18h3M15 16v4',
} as const
