/// Districts, functional zones and streets of the cities, from the files that the server itself reads.
import districtRows from '../../../../crates/model/data/districts.csv?raw'
import streetRows from '../../../../crates/model/data/streets.csv?raw'
import zoneRows from '../../../../crates/model/data/zones.csv?raw'

export interface District {
  code: number
  zh: string
  en: string
}
/** An area without a code of its own, as far as its streets are known. */
export interface Zone {
  id: string
  zh: string
  en: string
}
export interface Street {
  code: number
  zh: string
  district: number
}
export interface City {
  code: number
  zh: string
  en: string
  districts: District[]
  zones: Zone[]
  streets: Street[]
}

function rows(csv: string): string[][] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
}

const of = (city: number) => (code: number) => Math.floor(code / 100) === city / 100

function cityOf(code: number, zh: string, en: string): City {
  const isHere = of(code)
  const districts = rows(districtRows).map(([district, name = '', nameEn = '']) => ({ code: Number(district), zh: name, en: nameEn }))
  const streets = rows(streetRows).map(([street, name = '', district]) => ({ code: Number(street), zh: name, district: Number(district) }))
  const zones = rows(zoneRows)
    // A zone with a code is written as that code; one without known streets holds nobody.
    .filter(([city, , , , own = '', known = '']) => Number(city) === code && !own && known.trim())
    .map(([, id = '', name = '', nameEn = '']) => ({ id, zh: name, en: nameEn }))
  return {
    ...{ code, zh, en, zones },
    districts: districts.filter((district) => isHere(district.code)),
    streets: streets.filter((street) => isHere(street.district)),
  }
}

export const CITIES: readonly City[] = [cityOf(410100, '郑州市', 'Zhengzhou'), cityOf(610100, '西安市', 'Xi’an')]

export function cityWith(code: number): City | undefined {
  return CITIES.find((city) => city.code === code)
}
