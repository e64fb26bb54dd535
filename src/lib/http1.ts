// Node's module for HTTP/1.1, loaded when it is first asked for. Its import also loads the whole of `fetch` and
// WebSocket, which costs every process 5 MB, and a server of which nobody wants an upgraded connection never needs it.

import { getBuiltinModule } from 'node:process'

export const http1 = (): typeof import('node:http') => getBuiltinModule('node:http')

/** As in "404 Not Found"; empty for a status that has none. */
export const reasonPhrase = (status: number): string => http1().STATUS_CODES[status] ?? ''
