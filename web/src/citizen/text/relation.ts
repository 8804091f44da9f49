/// Words for who somebody is to the holder.
import { type Dictionary, texts } from '../../i18n/lang'

const zh = {
  child: '子女',
  parent: '父母',
  grandparent: '祖父母、外祖父母',
  grandchild: '孙子女、外孙子女',
  spouse: '配偶',
  sibling: '兄弟姐妹',
  ward: '被监护人',
  other: '其他亲属',
}

const en: Record<keyof typeof zh, string> = {
  child: 'Child',
  parent: 'Parent',
  grandparent: 'Grandparent',
  grandchild: 'Grandchild',
  spouse: 'Spouse',
  sibling: 'Brother or sister',
  ward: 'Ward',
  other: 'Other relative',
}

export const dictionary: Dictionary<keyof typeof zh> = { zh, en }
export const relationWord = texts(dictionary)
