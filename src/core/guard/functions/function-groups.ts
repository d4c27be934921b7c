import { aggregateFunctions, contextFunctions, generatedFunctions, windowFunctions } from './aggregate-functions.ts'
import { namesOf } from './function-group.ts'
import type { FunctionGroup } from './function-group.ts'
import {
  actingFunctions,
  aiFunctions,
  dynamicNameFunctions,
  fileFunctions,
  otherSessionFunctions,
  sequenceFunctions,
} from './refused-functions.ts'
import {
  conditionalFunctions,
  conversionFunctions,
  dateFunctions,
  geospatialFunctions,
  numberFunctions,
  semiStructuredFunctions,
  stringFunctions,
} from './scalar-functions.ts'

const pure = (id: string, names: ReadonlySet<string>, reason: string): FunctionGroup => ({
  id,
  reason,
  allowed: 'always',
  place: 'expression',
  code: 'function_not_allowed',
  names,
})

/** Every function that is known, by why it is allowed or not. A name in no group is refused. */
export const functionGroups: readonly FunctionGroup[] = [
  pure('conditional', conditionalFunctions, 'They choose between given values.'),
  pure('number', numberFunctions, 'They compute from given numbers.'),
  pure('string', stringFunctions, 'They compute from given text.'),
  pure('date', dateFunctions, 'They compute from given dates and times.'),
  pure('conversion', conversionFunctions, 'They turn a value into another type.'),
  pure('semi-structured', semiStructuredFunctions, 'They read and build JSON, arrays, objects, XML and vectors.'),
  pure('geospatial', geospatialFunctions, 'They compute from given shapes.'),
  pure('aggregate', aggregateFunctions, 'They sum up the rows of the query itself.'),
  pure('window', windowFunctions, 'They look at neighbouring rows of the query itself.'),
  pure('generated', generatedFunctions, 'They make up values and change nothing.'),
  pure('context', contextFunctions, 'They tell who and where the own session is.'),
  {
    id: 'rows',
    reason: 'They turn given values into rows.',
    allowed: 'always',
    place: 'table',
    code: 'table_function_not_allowed',
    names: namesOf('FLATTEN GENERATOR SPLIT_TO_TABLE STRTOK_SPLIT_TO_TABLE'),
  },
  {
    id: 'ai',
    reason: 'It calls a language model, which costs credits for every row.',
    allowed: 'operator',
    place: 'both',
    code: 'function_not_allowed',
    names: aiFunctions,
  },
  {
    id: 'file',
    reason: 'It reads files or makes links to them.',
    allowed: 'never',
    place: 'both',
    code: 'stage_access',
    names: fileFunctions,
  },
  {
    id: 'other-session',
    reason: 'It reads results, history or definitions outside this query.',
    allowed: 'never',
    place: 'both',
    code: 'function_not_allowed',
    names: otherSessionFunctions,
  },
  {
    id: 'acting',
    reason: 'It acts on the warehouse instead of computing a value.',
    allowed: 'never',
    place: 'both',
    code: 'function_not_allowed',
    names: actingFunctions,
  },
  {
    id: 'sequence',
    reason: 'Reading a sequence advances it.',
    allowed: 'never',
    place: 'both',
    code: 'sequence_access',
    names: sequenceFunctions,
  },
  {
    id: 'dynamic-name',
    reason: 'It takes a name from text, which cannot be checked.',
    allowed: 'never',
    place: 'both',
    code: 'dynamic_name',
    names: dynamicNameFunctions,
  },
]
