import type { AnySchema } from '#api/schema.ts'
export const applyStrategicPatch = (schema: AnySchema, current: object, patch: unknown): object =>
  patch && schema ? current : current
