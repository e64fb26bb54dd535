// What is wrong with a request to the agent's API.

/** Answered with its code and text. */
export class RequestProblem extends Error {
  readonly code: number
  constructor(code: number, text: string) {
    super(text)
    this.name = 'RequestProblem'
    this.code = code
  }
}
