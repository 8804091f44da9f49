/// Well-formed resident identity numbers (GB 11643) that no other test uses.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK = '10X98765432'

/** Number of somebody registered first in Yanta district (610113), born on `birth` (YYYYMMDD), with sequence `n`. */
export function residentId(n, birth = '19800101') {
  const digits = `610113${birth}${String(n).padStart(3, '0')}`
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * WEIGHTS[place], 0)
  return digits + CHECK[sum % 11]
}
