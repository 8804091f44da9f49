/// Icons that are not part of a first response: paths of a 24 by 24 box.
export const SHIELD = 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5'
export const PEOPLE =
  'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5a3 3 0 010 6M18 14.5c2 .8 3.2 2.6 3.5 5.5'
export const PAPER = 'M6 3h9l4 4v14H6zM9 12h7M9 16h7M14 3v5h5'
export const HISTORY = 'M4 12a8 8 0 108-8 8 8 0 00-7 4M4 4v5h5M12 8v5l3 2'
export const PHONE =
  'M6 3h4l1.5 5-2.5 2c1 2.5 2.5 4 5 5l2-2.5 5 1.500v4c0 1-1 2-2 2C11 20 4 13 4 5c0-1 1-2 2-2z'
export const LEAVE = 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9'
export const REFRESH = 'M20 12a8 8 0 11-2.5-5.800M20 3v5h-5'
export const CALENDAR = 'M4 5h16v16H4zM4 10h16M8 2v5M16 2v5M8 14h3M8 17h6'
export const FORM = 'M5 4h14v17H5zM9 2h6v4H9zM8.500 13l2.500 2.500 4.500-4.500'
