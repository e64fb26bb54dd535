// The formats of texts that schemas of custom resources may name and that are checked; unknown ones say nothing. All
// checks take time that grows with the text.

import { isIP, isIPv4, isIPv6 } from 'node:net'
import { isDay } from '../calendar.ts'

const hex = /^[0-9a-f]+$/i
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const dateTime = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-](\d{2}):(\d{2}))$/
const label = /^[a-z0-9](?:[-a-z0-9_]{0,61}[a-z0-9])?$/i
const longest = 4096

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match !== null && isDay(Number(match[1]), Number(match[2]), Number(match[3]))
}

function isDateTime(text: string): boolean {
  const match = dateTime.exec(text)
  if (!match) return false
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return isDay(year, month, day) && hours < 24 && minutes < 60 && seconds < 60
}

function isCidr(text: string): boolean {
  const at = text.indexOf('/')
  const address = text.slice(0, Math.max(at, 0))
  const bits = text.slice(at + 1)
  if (at < 0 || !/^\d{1,3}$/.test(bits) || isIP(address) === 0) return false
  return Number(bits) <= (isIPv4(address) ? 32 : 128)
}

const isHostname = (text: string): boolean =>
  text.length > 0 &&
  text.length <= 253 &&
  text
    .replace(/\.$/, '')
    .split('.')
    .every((part) => label.test(part))

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && at <= 64 && !/[\s<>]/.test(text) && isHostname(text.slice(at + 1))
}

/** The digits of a number that may be written with blanks and dashes between them. */
const digits = (text: string): string => text.replace(/[\s-]+/g, '')

function isIsbn10(text: string): boolean {
  const code = digits(text)
  if (!/^\d{9}[\dX]$/.test(code)) return false
  const sum = [...code].reduce((total, digit, i) => total + (10 - i) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const code = digits(text)
  if (!/^\d{13}$/.test(code)) return false
  return [...code].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
}

const issuers =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11}|62\d{14})$/

/** By the digit that checks the others. */
function isCreditCard(text: string): boolean {
  const code = text.replace(/\D+/g, '')
  if (!issuers.test(code)) return false
  const sum = [...code].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

const isDnsLabel = (text: string): boolean => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)

const numbersIn = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number)

/** By the name without dashes, as they are looked up. */
const checks: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => /^(?:[a-z][a-z0-9+.-]*:|\/)\S*$/i.test(text),
  email: isEmail,
  hostname: isHostname,
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: (text) => /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2})?$/i.test(text),
  uuid: (text) => uuid.test(text),
  uuid3: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '3',
  uuid4: (text) =>
    uuid.test(text) && text.replaceAll('-', '')[12] === '4' && /[89ab]/i.test(text.replaceAll('-', '')[16]!),
  uuid5: (text) =>
    uuid.test(text) && text.replaceAll('-', '')[12] === '5' && /[89ab]/i.test(text.replaceAll('-', '')[16]!),
  bsonobjectid: (text) => text.length === 24 && hex.test(text),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  rgbcolor: (text) =>
    /^rgb\(\s*\d{1,3}\s*(?:,\s*\d{1,3}\s*){2}\)$/.test(text) && numbersIn(text).every((one) => one < 256),
  hexcolor: (text) => /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  password: () => true,
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  date: isDate,
  datetime: isDateTime,
  duration: (text) =>
    /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)\s?(?:ns|us|µs|μs|ms|s|m|h|d|w|minutes?|seconds?|hours?|days?|weeks?))+$/.test(
      text,
    ),
  k8sshortname: isDnsLabel,
  k8slongname: (text) => text.length <= 253 && text.split('.').every(isDnsLabel),
}

/** The longest text of each is short, but for these. */
const unbounded: ReadonlySet<string> = new Set(['byte', 'uri'])

/** Others are taken, and not checked. */
export const isKnownFormat = (format: string): boolean => Object.hasOwn(checks, format.replaceAll('-', ''))

export function fitsFormat(format: string, text: string): boolean {
  const name = format.replaceAll('-', '')
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined
  if (!check) return true
  return (text.length <= longest || unbounded.has(name)) && check(text)
}
