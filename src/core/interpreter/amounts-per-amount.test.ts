import { describe, expect, test } from 'vitest'
import { openAgency } from './agency.test-database.ts'
import { openDepot } from './depot.test-database.ts'
import { ask, expectRows, openAround } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

/** Amounts per amount, each one number. */
const answers: Readonly<Record<string, Readonly<Record<string, readonly Case[]>>>> = {
  'an amount per amount': {
    agency: [['cost per litre', 'SELECT 17.2']],
    depot: [['freight amount per unit in March 2024', 'SELECT 282.75 / 80']],
    shop: [
      ['revenue per quantity', 'SELECT SUM(unit_price * quantity) / SUM(quantity) FROM order_items'],
      ['revenue per quantity in 2024', 'SELECT 83'],
      ['average revenue per customer', 'SELECT 326.625'],
    ],
    tpch: [['revenue per quantity', 'SELECT SUM(l_extendedprice * (1 - l_discount)) / SUM(l_quantity) FROM lineitem']],
  },
  'an amount per group, which is no number to divide by': {
    agency: [
      ['salary per team', "VALUES ('Design', 5500), ('Support', 4750)"],
      ['number of supplies per litre', 'SELECT litres, COUNT(*) FROM supplies GROUP BY 1'],
    ],
    school: [['average salary per age of teachers', 'SELECT Age, AVG(Salary) FROM Teacher GROUP BY 1']],
  },
}

const told = [
  ['agency', 'cost per litre', 'Both are added up: the total is divided by the total of LITRES.'],
  ['shop', 'revenue per quantity', 'Both are added up: the total is divided by the total of quantity.'],
] as const

/** Questions that are declined, each with the reason. */
const declined = [
  ['agency', 'price per litre', /amount per "litre"/],
  ['agency', 'supply with the highest cost per litre', /amount per "litre"/],
  ['tpch', 'extended price per quantity', /amount per "quantity"/],
] as const

const databaseOf = openAround({
  agency: openAgency,
  depot: openDepot,
  school: openSchool,
  shop: openShop,
  tpch: openTpch,
})

describe.each(Object.entries(answers))('%s', (_, byName) => {
  const cases = Object.entries(byName).flatMap(([name, list]) => list.map((asked) => [name, asked[0], asked] as const))
  test.each(cases)('%s: %s', (name, __, asked) => expectRows(databaseOf(name), asked))
})

test.each(told)('%s: %s tells what is assumed', async (name, question, note) => {
  const outcome = await ask(question, databaseOf(name))
  expect(outcome).toMatchObject({ kind: 'query', assumptions: expect.arrayContaining([note]) as unknown })
})

test.each(declined)('%s: %s is declined', async (name, question, reason) => {
  expect(await ask(question, databaseOf(name))).toMatchObject({
    kind: 'declined',
    reason: expect.stringMatching(reason) as unknown,
  })
})
