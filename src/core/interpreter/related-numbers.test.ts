import { describe, expect, test } from 'vitest'
import { openAgency } from './agency.test-database.ts'
import { openFleet } from './fleet.test-database.ts'
import { ask, expectRows, openAround } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { openTpch } from './tpch.test-database.ts'

/** Numbers of the rows that refer to a row, each by itself, with the rows that answer. */
const answers: Readonly<Record<string, Readonly<Record<string, readonly Case[]>>>> = {
  'numbers of those that have none': {
    agency: [
      [
        'number of jobs per client including those without jobs',
        "VALUES ('Acme', 3), ('Birch', 1), ('Cedar', 1), ('Dover', 0)",
      ],
      [
        'revenue per client including clients who have no jobs',
        "VALUES ('Acme', 1950), ('Birch', 1500), ('Cedar', 700), ('Dover', 0)",
      ],
      [
        'jobs per client in May 2024, including those without jobs',
        "VALUES ('Acme', 0), ('Birch', 0), ('Cedar', 1), ('Dover', 0)",
      ],
    ],
    shop: [
      [
        'how many orders per customer, including those with no orders?',
        "VALUES ('Ada Byron', 3), ('Max Weber', 1), ('Ines Soler', 1), ('Jean Roux', 2), ('Bo Lind', 0)",
      ],
    ],
  },
  'two tables, each by its own rows': {
    agency: [
      [
        'jobs and refunds per client in 2024 sorted by refunds from high to low',
        "VALUES ('Birch', 1, 2), ('Acme', 3, 1), ('Cedar', 1, 0), ('Dover', 0, 0)",
      ],
      ['jobs and refunds per client', "VALUES ('Acme', 3, 1), ('Birch', 1, 2), ('Cedar', 1, 0), ('Dover', 0, 0)"],
      [
        'total amount of jobs and total amount of refunds per client',
        "VALUES ('Acme', 1950, 25), ('Birch', 1500, 140), ('Cedar', 700, 0), ('Dover', 0, 0)",
      ],
    ],
    shop: [
      [
        'payments and orders per customer sorted by number of orders in descending order',
        "VALUES ('Ada Byron', 2, 3), ('Jean Roux', 1, 2), ('Max Weber', 0, 1), ('Ines Soler', 1, 1), ('Bo Lind', 0, 0)",
      ],
      ['number of orders and payments per customer in Germany', "VALUES ('Ada Byron', 3, 2), ('Max Weber', 1, 0)"],
      [
        'orders and payments per customer in 2024',
        "VALUES ('Ada Byron', 2, 2), ('Max Weber', 1, 0), ('Ines Soler', 1, 1), ('Jean Roux', 0, 0), ('Bo Lind', 0, 0)",
      ],
    ],
    tpch: [
      [
        'number of customers and suppliers per nation',
        'SELECT n_name, (SELECT COUNT(*) FROM customer WHERE c_nationkey = n_nationkey), (SELECT COUNT(*) FROM supplier WHERE s_nationkey = n_nationkey) FROM nation',
      ],
    ],
    fleet: [['captains and repairs per ship', "VALUES ('Alba', 1, 1), ('Brio', 0, 0), ('Cora', 3, 1), ('Dune', 1, 0)"]],
  },
  'numbers compared with each other': {
    agency: [
      ['clients with more refunds than jobs', "VALUES ('Birch')"],
      ['how many clients have fewer refunds than jobs?', 'SELECT 2'],
      ['clients with as many refunds as jobs', "VALUES ('Dover')"],
      ['clients with more jobs than 2', "VALUES ('Acme')"],
    ],
    shop: [['customers with more orders than payments', "VALUES ('Ada Byron'), ('Max Weber'), ('Jean Roux')"]],
    fleet: [
      ['which ships have more captains than repairs?', "VALUES ('Cora'), ('Dune')"],
      ['ships with more masters than mates', "VALUES ('Alba')"],
    ],
    school: [
      [
        'students with more courses than clubs',
        "VALUES ('Linda', 'Smith'), ('Dinesh', 'Kumar'), ('Andy', 'Schultz'), ('Lisa', 'Apap')",
      ],
    ],
  },
}

const told = [
  ['agency', 'jobs and refunds per client', 'Clients without any are shown with 0.'],
  ['shop', 'number of orders per customer including those without orders', 'Customers without any are shown with 0.'],
] as const

/** Questions that are declined, each with the reason. */
const declined = [
  ['agency', 'number of refunds per client including those without jobs', /those without "jobs"/],
  ['agency', 'teams with more refunds than jobs', /which refunds belong to one of the teams/],
  ['shop', 'countries with more orders than payments', /per "countries"|"more"/],
  ['school', 'cities with more courses than clubs', /per "cities"/],
] as const

const databaseOf = openAround({
  agency: openAgency,
  fleet: openFleet,
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

test('a period is told with the numbers that it restricts', async () => {
  expect(await ask('jobs and refunds per client in 2024', databaseOf('agency'))).toMatchObject({
    interpretation: expect.stringContaining('number of refunds where refunded on is in 2024') as unknown,
  })
})

test('the number that is named orders the lines', async () => {
  expect(
    await ask('jobs and refunds per client sorted by refunds from high to low', databaseOf('agency')),
  ).toMatchObject({
    sql: expect.stringMatching(/ORDER BY NUMBER_OF_REFUNDS DESC$/) as unknown,
  })
})
