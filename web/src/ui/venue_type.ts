/// Words for the types of venues that the API names in English; a type of the city's own is shown as it is.
import { pick } from '../i18n/lang'

const WORDS: Record<string, readonly [zh: string, en: string]> = {
  gate: ['小区门岗', 'Residential gate'],
  restaurant: ['餐饮', 'Restaurant'],
  office: ['写字楼', 'Office building'],
  school: ['学校', 'School'],
  market: ['农贸市场', 'Market'],
  supermarket: ['超市', 'Supermarket'],
  pharmacy: ['药店', 'Pharmacy'],
  bus: ['公交站', 'Bus stop'],
  metro: ['地铁站', 'Metro station'],
  hospital: ['医院', 'Hospital'],
  clinic: ['卫生服务中心', 'Clinic'],
  hotel: ['酒店', 'Hotel'],
  mall: ['商场', 'Shopping centre'],
  transport: ['车站、地铁', 'Station or metro'],
  other: ['其他', 'Other'],
  'card-room': ['棋牌室', 'Card room'],
}

/** Types to choose from. */
export const VENUE_TYPES: readonly string[] = Object.keys(WORDS)

export function venueType(type: string): string {
  const words = WORDS[type]
  return words ? pick(...words) : type
}
