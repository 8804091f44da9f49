/// Icons as paths of a 24 by 24 box, drawn in the text's colour. The few of every first response are here;
/// `icon_paths.ts` holds the others.
const PATHS = {
  tick: 'M4 12.5l5 5L20 6.5',
  cross: 'M6 6l12 12M18 6L6 18',
  alert: 'M12 3L2 20h20zM12 10v4M12 17v.5',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5v.5',
  next: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
}

export type IconName = keyof typeof PATHS

/** Decorative: the word next to it carries the meaning. `path` draws an icon that is not among the named. */
export function Icon({ name, path }: { name?: IconName; path?: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path ?? PATHS[name ?? 'info']} />
    </svg>
  )
}
