// Logging: one line of JSON each, or readable text on a terminal. Components get a Log that carries their name.

export interface Log {
  debug(text: string, fields?: object): void
  info(text: string, fields?: object): void
  warn(text: string, fields?: object): void
  error(text: string, fields?: object): void
  child(fields: object): Log
}
