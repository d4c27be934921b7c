import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { openFleet } from './fleet.test-database.ts'
import { ask, expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'

/** Words that several tables could answer, with the rows of the one they are about. */
const answers: Readonly<Record<string, readonly Case[]>> = {
  'an adjective takes the column of the noun it describes': [
    ['Who is the youngest captain?', "VALUES ('Bo Lind', 34)"],
    ['What is the flag of the ship of the youngest captain?', "VALUES ('Malta')"],
    ['Which ship is the oldest?', "VALUES ('Cora', 1964)"],
    ['Who is the captain of the heaviest ship?', "VALUES ('Ed Voss', 950.0)"],
    ['repairs more expensive than the average price of repairs', "VALUES ('hull')"],
  ],
  'a plural superlative means all that share the first place': [
    ['What are the names of the oldest captains?', "VALUES ('Ana Roth'), ('Cy Hart')"],
    ['the three oldest captains', "VALUES ('Ana Roth', 61), ('Cy Hart', 61), ('Ed Voss', 52)"],
  ],
  'things are counted, not the numbers that tell them apart': [
    ['Which fleet has the largest number of employees?', "VALUES ('South', 3)"],
    ['Which fleets have more than 2 captains?', "VALUES ('South')"],
    ['How many fleets have more than 1 captain?', 'VALUES (1)'],
    ['ships with more than 2 sailors', "VALUES ('Cora')"],
  ],
  'amounts are added up': [
    ['What is the total number of points?', 'VALUES (130)'],
    ['total number of points for each ship', "VALUES ('Alba', 30), ('Brio', 40), ('Cora', 15), ('Dune', 45)"],
    ['average and total number of points of all results', 'VALUES (130 / 6, 130)'],
  ],
  'the rows of a group are listed where names are asked for': [
    ['For each rank, what are the names and ages of the captains?', 'SELECT rank, captain_name, age FROM captains'],
    ['average age across captains', 'SELECT AVG(age) FROM captains'],
    ['average age of captains across ranks', 'SELECT rank, AVG(age) FROM captains GROUP BY rank'],
  ],
  'the attribute of the first one is not a group': [
    ['What is the flag of the ship with the most points?', "VALUES ('Panama')"],
    ['Which flag has the most points?', "VALUES ('Malta')"],
  ],
  'roles and details': [
    ['How old is the winning captain of the Bay Cup?', 'VALUES (34)'],
    ['Show the details of the 2 heaviest ships', "VALUES (NULL), ('red hull')"],
    ['How many kinds of sailors are there?', 'VALUES (4)'],
  ],
}

const linked: Readonly<Record<string, readonly Case[]>> = {
  'a verb between two nouns is the one join of their tables': [
    ['How many repairs did the ship Alba undergo?', 'VALUES (1)'],
    ['Which captains commanded the ship Cora?', "VALUES ('Bo Lind'), ('Cy Hart'), ('Di Moss')"],
    ['sailors who never served any captain', "VALUES ('Ivo')"],
    ['captains assigned to any ship', "VALUES ('Ana Roth'), ('Bo Lind'), ('Cy Hart'), ('Di Moss'), ('Ed Voss')"],
    ['ships that suffered at least one repair', "VALUES ('Alba'), ('Cora')"],
  ],
  'different ones are counted once': [
    ['fleets with at least two different sailors', "VALUES ('North'), ('South')"],
    ['sailors with at least two distinct captains', "VALUES ('Flo'), ('Gus'), ('Hal')"],
  ],
  'several rows share what is asked for': [
    ['Which flags have both ships built before 1970 and ships built after 1990?', "VALUES ('Malta')"],
    [
      'Show the ship types that have ships with weight tons over 900 and ships with weight tons below 850',
      "VALUES ('tanker')",
    ],
    ['Which flags were never on ships built after 2000?', "VALUES ('Norway'), ('Malta')"],
  ],
  'names, years and times are those of what is spoken of': [
    ['List the ranks of captains whose names start with "B"', "VALUES ('mate')"],
    [
      'names of sailors sorted by the year they joined',
      'SELECT sailor_name FROM sailors ORDER BY joined_year',
      'ordered',
    ],
    [
      'sailor names in the order of date of birth from old to young',
      'SELECT sailor_name FROM sailors ORDER BY date_of_birth',
      'ordered',
    ],
    ['What are the times of the races?', 'SELECT time FROM races'],
    ['What is the flag of the ship Alba? And what is its ship type?', "VALUES ('Norway', 'tanker')"],
  ],
  'small words between conditions': [
    ['captains of age under 40 or above 60', "VALUES ('Bo Lind'), ('Ana Roth'), ('Cy Hart')"],
    [
      'names of captains in descending order of age',
      'SELECT captain_name FROM captains ORDER BY age DESC, captain_name',
      'ordered',
    ],
  ],
}

const declined: readonly (readonly [question: string, reason: RegExp])[] = [
  ['Who is the heaviest captain?', /no column of captains/],
  ['What is the cheapest ship?', /no column of ships/],
  ['captains who survived a race', /"survived"/],
  ['How many ships were requisitioned?', /"requisitioned"/],
]

const opened: { fleet?: TestDatabase } = {}
const database = (): TestDatabase => {
  if (opened.fleet === undefined) throw new Error('The database did not open.')
  return opened.fleet
}
beforeAll(async () => {
  opened.fleet = await openFleet()
})
afterAll(() => opened.fleet?.close())

describe.each(Object.entries({ ...answers, ...linked }))('%s', (_, cases) => {
  test.each(cases.map((row) => ({ row })))('$row.0', ({ row }) => expectRows(database(), row))
})

test.each(declined)('%s is declined', async (question, reason) => {
  expect(await ask(question, database())).toMatchObject({
    kind: 'declined',
    reason: expect.stringMatching(reason) as unknown,
  })
})
