// Every library that expressions in Kubernetes have.

import type { Overload } from './functions.ts'
import { authorizerLibrary } from './library-authorizer.ts'
import { kubernetesLibrary } from './library-kubernetes.ts'
import { listsLibrary, regexLibrary, setsLibrary } from './library-lists.ts'
import { networkLibrary } from './library-network.ts'
import { optionalLibrary } from './library-optional.ts'
import { standardLibrary } from './library-standard.ts'
import { stringsLibrary } from './library-strings.ts'

export const kubernetesLibraries: readonly Overload[] = [
  ...standardLibrary,
  ...stringsLibrary,
  ...optionalLibrary,
  ...listsLibrary,
  ...setsLibrary,
  ...regexLibrary,
  ...networkLibrary,
  ...kubernetesLibrary,
  ...authorizerLibrary,
]
