import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type TestDatabase } from './database.test-support.ts'
import { expectRows, type Case } from './questions.test-support.ts'

/** People and the actors among them, whose own table holds no name; storms and the regions they reached. */
const statements = [
  `CREATE TABLE people AS SELECT * FROM (VALUES (1, 'Ann', 180, '1980', 'Oslo'), (2, 'Bo', 170, '1981', 'Rome'), (3, 'Cy', 170, '1982', 'Rome')) AS t(person_id, name, height, birth_date, birth_place)`,
  `CREATE TABLE actors AS SELECT * FROM (VALUES (7, 1, 'North & Co', 300), (8, 2, 'Quay', 500)) AS t(actor_id, person_id, agent, fee)`,
  `CREATE TABLE storms AS SELECT * FROM (VALUES (1, 'Ada'), (2, 'Bert')) AS t(storm_id, storm_name)`,
  `CREATE TABLE regions AS SELECT * FROM (VALUES (7, 'North'), (8, 'South')) AS t(region_id, region_name)`,
  `CREATE TABLE affected_regions AS SELECT * FROM (VALUES (1, 7)) AS t(storm_id, region_id)`,
  `CREATE TABLE customers AS SELECT * FROM (VALUES (1, 'Dee', 'good'), (2, 'Eve', 'bad'), (3, 'Fay', 'good')) AS t(customer_id, customer_name, good_or_bad_customer)`,
]

const cases: readonly Case[] = [
  ['names of actors with fee above 400', "VALUES ('Bo')"],
  ['What is the name of the actor with the biggest height?', "VALUES ('Ann')"],
  ['list the birth place of people', "VALUES ('Oslo'), ('Rome'), ('Rome')"],
  ['number of people per birth place', "VALUES ('Rome', 2), ('Oslo', 1)"],
  ['What is the most common height of people?', 'VALUES (170)'],
  ['least common height', 'VALUES (180)'],
  ['names of the bad customers', "VALUES ('Eve')"],
  ['How many good customers are there?', 'VALUES (2)'],
  ['names of storms that did not affect any regions', "VALUES ('Bert')"],
  ['names of storms that affected regions', "VALUES ('Ada')"],
]

describe('what is told of a row beside its own columns', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase('theatre', async (connection) => {
      for (const statement of statements) await connection.run(statement)
    })
  })
  afterAll(() => database.close())

  test.each(cases.map((asked) => [asked[0], asked] as const))('%s', async (_question, asked) => {
    expect(asked[1]).not.toBe('')
    await expectRows(database, asked)
  })
})
