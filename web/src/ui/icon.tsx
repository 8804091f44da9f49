/// Icons as paths of a 24 by 24 box, drawn in the text's colour.
const PATHS = {
  tick: 'M4 12.5l5 5L20 6.5',
  cross: 'M6 6l12 12M18 6L6 18',
  alert: 'M12 3L2 20h20zM12 10v4M12 17v.5',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5v.5',
  shield: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5',
  next: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  people: 'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5a3 3 0 010 6M18 14.5c2 .8 3.2 2.6 3.5 5.5',
  paper: 'M6 3h9l4 4v14H6zM9 12h7M9 16h7M14 3v5h5',
  history: 'M4 12a8 8 0 108-8 8 8 0 00-7 4M4 4v5h5M12 8v5l3 2',
  phone: 'M6 3h4l1.5 5-2.5 2c1 2.5 2.5 4 5 5l2-2.5 5 1.500v4c0 1-1 2-2 2C11 20 4 13 4 5c0-1 1-2 2-2z',
  leave: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
  refresh: 'M20 12a8 8 0 11-2.5-5.800M20 3v5h-5',
} as const

export type IconName = keyof typeof PATHS

/** Decorative: the word next to it carries the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
