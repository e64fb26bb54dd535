// Every library that expressions in Kubernetes have.

import type { Overload } from './functions.ts'
import { optionalLibrary } from './library-optional.ts'
import { standardLibrary } from './library-standard.ts'
import { stringsLibrary } from './library-strings.ts'

export const kubernetesLibraries: readonly Overload[] = [...standardLibrary, ...stringsLibrary, ...optionalLibrary]
