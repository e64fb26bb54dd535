// JSON whose integers are kept as they are: one that a number of JavaScript cannot hold exactly, but 64 bits can, is a
// bigint, and is written as it was read. What is larger, or has a point or an exponent, is a number, as for Go.
//
// Costs one search of the text where there is no such integer; two values are equal by `===` as numbers are, since
// what a number can hold is never a bigint.

/** Sixteen digits where a value may begin, be it inside of a text: what else there is is read as ever. */
const longNumber = /(?:^|[-:,[\s])\d{16}/

/** As JSON.parse; throws a SyntaxError as that does. */
export const parseExact = (text: string): ReturnType<typeof JSON.parse> =>
  longNumber.test(text) ? JSON.parse(text, keepInteger) : JSON.parse(text)

const whole = /^-?\d+$/

function keepInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source === undefined || !whole.test(source) ? value : exactInteger(BigInt(source))
}

/** A number where that can hold the integer, or nothing of 64 bits could. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) || BigInt.asIntN(64, value) !== value ? number : value
}

/** How JSON.stringify writes a bigint; without it, it throws. */
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value: function toJson(this: bigint): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(this))
  },
})
