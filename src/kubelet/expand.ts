// `$(NAME)` in environment values, commands and arguments, as upstream's third_party/forked/golang/expansion:
// `$$` stands for `$`, and a reference to what is not known is left as it was written.

export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 === text.length) {
      out += text[i]
    } else if (text[i + 1] === '$') {
      out += '$'
      i++
    } else if (text[i + 1] === '(') {
      const end = text.indexOf(')', i + 2)
      // An opening without an end stands for itself.
      if (end < 0) {
        out += '$('
        i++
      } else {
        out += valueOf(text.slice(i + 2, end)) ?? text.slice(i, end + 1)
        i = end
      }
    } else {
      out += `$${text[++i]}`
    }
  }
  return out
}
