import { benchGrid } from './grid.ts'
import { benchExport } from './export.ts'
import { benchGuard } from './guard.ts'
import { benchLoad } from './load.ts'
import { benchLoop } from './loop.ts'
import { printFigures } from './measure.ts'
import { benchPeople } from './people.ts'
import { benchQuestion } from './question.ts'
import { benchRows } from './rows.ts'
import { benchSnowflakeExport } from './snowflake-export.ts'
import { benchSnowflake } from './snowflake.ts'
import { benchStart } from './start.ts'

const benches = [
  ['grid', benchGrid],
  ['guard', benchGuard],
  ['question', benchQuestion],
  ['loop', benchLoop],
  ['load', benchLoad],
  ['people', benchPeople],
  ['rows', benchRows],
  ['export', benchExport],
  ['snowflake', benchSnowflake],
  ['snowflake-export', benchSnowflakeExport],
  ['start', benchStart],
] as const

const wanted = process.argv.slice(2)
for (const [name, bench] of benches) {
  if (wanted.length === 0 || wanted.includes(name)) printFigures(name, await bench())
}
