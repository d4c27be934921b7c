import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { openHarbour } from './harbour.test-database.ts'
import { ask, expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'

/** The same few things asked in the many ways people word them. */
const kinds: Readonly<Record<string, readonly Case[]>> = {
  'letters and words of a text': [
    ['What are the names of boats whose first letter is S?', "VALUES ('Stella')"],
    ['names of boats whose name starts with the letter M', "VALUES ('Morning Star'), ('Marlin')"],
    ['List the boat names starting with the letter m.', "VALUES ('Morning Star'), ('Marlin')"],
    ['boat names that end with the letter l', "VALUES ('Grey Gull')"],
    ['sailors whose first name ends in a', "VALUES ('Mara', 'Steen'), ('Anna', 'Sund'), ('Diana', 'Holm')"],
    ["Find the boats that have letter 'a' in their name.", "SELECT boat_name FROM boats WHERE boat_name ILIKE '%a%'"],
    [
      "Find the last names of sailors who have an 'a' in their first name.",
      "SELECT last_name FROM sailors WHERE first_name ILIKE '%a%'",
    ],
    [
      'sailors without the letter M in their first name',
      'SELECT first_name, last_name FROM sailors WHERE sailor_id <> 1',
    ],
    ['Which berths contain the word North?', "VALUES ('Harbour North')"],
    ['Show all berths that contain the word "basin".', "VALUES ('Canal Basin'), ('Canal Basin')"],
    ['How many boat names have the word Star in them?', 'SELECT 1'],
    ["boats whose name includes 'Gull'", "VALUES ('Grey Gull')"],
    ["boats with names containing 'Star'", "VALUES ('Morning Star')"],
    ["Find the sailors with 'ian' in part of their first names.", "VALUES ('Diana', 'Holm')"],
    ['How many sailors have "tide" in their email?', 'SELECT 2'],
    ["List the last names of sailors that have word 'quay' in their email.", "VALUES ('Steen'), ('Sund')"],
  ],
  'full names where two columns hold them': [
    ["Find the sailors with 'ol' in part of their names.", "VALUES ('Olof', 'Tamm'), ('Diana', 'Holm')"],
    ['sailors whose name contains "ol"', "VALUES ('Olof', 'Tamm'), ('Diana', 'Holm')"],
    ['sailors whose name does not contain "m"', "VALUES ('Anna', 'Sund')"],
    ['full names of sailors', 'SELECT first_name, last_name FROM sailors'],
    ['What are the full names and salaries of all sailors?', 'SELECT first_name, last_name, salary FROM sailors'],
    ['Give the full name of the sailor with the highest salary.', "VALUES ('Anna', 'Sund')"],
    ['What is the most common full name among all sailors?', "VALUES ('Anna', 'Sund')"],
    ['What are the full names of the sailors who made repairs?', "VALUES ('Anna', 'Sund'), ('Olof', 'Tamm')"],
  ],
  'the id of what is asked for': [
    ['Show the names and ids of boats', 'SELECT boat_name, boat_id FROM boats'],
    ['What are the ids of all sailors?', 'SELECT sailor_id FROM sailors'],
  ],
  'ages, and two comparisons of one column': [
    ['sailors at most 23 years old', "VALUES ('Sven', 'Moberg'), ('Diana', 'Holm')"],
    ['sailors aged 46 or older', "VALUES ('Anna', 'Sund'), ('Olof', 'Tamm')"],
    ['last names of sailors who are 23 or younger', "VALUES ('Moberg'), ('Holm')"],
    ['What are the last names of all sailors 30 years old or younger?', "VALUES ('Moberg'), ('Holm')"],
    ['last names of sailors aged between 20 and 40', "VALUES ('Steen'), ('Moberg')"],
    ['Show the last names of sailors of age above 50 or below 20.', "VALUES ('Sund'), ('Holm')"],
    ['Which divisions have sailors of age above 50 or below 20?', "VALUES ('Repairs'), ('Stores')"],
    ['last names of sailors with height greater than 200 or less than 170', "VALUES ('Sund'), ('Tamm')"],
    ['What are the last names of sailors whose height is either below 170 or above 200?', "VALUES ('Sund'), ('Tamm')"],
    ['boats with price over 8,000,000 or under 100,000', "VALUES ('Little Auk'), ('Marlin')"],
    ['nicknames of members whose number of followers is greater than 300', "VALUES ('wader'), ('heron')"],
    ['boats with number of repairs greater than 1', "VALUES ('Grey Gull')"],
    ['how many sailors earn more than 3000 in salary?', 'SELECT 3'],
  ],
  'a noun with the number of its key': [
    ['first names of sailors in division 50', "VALUES ('Mara'), ('Sven')"],
    ['How many repairs did sailor 3 make?', 'SELECT 2'],
    ['What is the name of boat 3?', "VALUES ('Stella')"],
    ['What is the salary of sailor 2?', 'SELECT 2500'],
    ['total cost of repairs done on boat 1 by sailor 3', 'SELECT 500'],
    ['average salary of sailors in divisions 40 and 60', 'SELECT AVG(salary) FROM sailors WHERE division_id <> 50'],
    ['last names of sailors not ranked in 600', "VALUES ('Sund'), ('Tamm'), ('Holm')"],
    ['What is the name of the sailor with sailor id 3?', "VALUES ('Anna', 'Sund')"],
  ],
  'addresses that no house has': [
    ['Return the first name and email address of the oldest sailor', "VALUES ('Anna', 'anna@quay.org')"],
  ],
  'values that are missing': [
    ['last names of sailors who do not have any value for commission', "VALUES ('Moberg'), ('Tamm'), ('Holm')"],
    ['last names of sailors with a null email', "VALUES ('Moberg')"],
    ['How many sailors have a non null commission?', 'SELECT 2'],
    ['Which boats do not have wifi?', "VALUES ('Morning Star'), ('Stella'), ('Marlin')"],
  ],
  'all that is known of something': [
    [
      'What is all the information about members with over 1000 followers?',
      'SELECT * FROM members WHERE followers > 1000',
    ],
    ['list everything about divisions', 'SELECT * FROM divisions'],
    [
      'Give me all the details of the division with the highest budget',
      'SELECT * FROM divisions WHERE division_id = 50',
    ],
    ['Show all the details of the tug boats', "VALUES ('two masts'), (NULL)"],
  ],
  'columns that differ by a unit': [
    ['What is the average length in metres of the boats?', 'SELECT AVG(length_metres) FROM boats'],
    ['maximum length of tug boats in feet', 'SELECT 82'],
    ['longest boat in meters', "VALUES ('Morning Star', 100)"],
    ['boats longer than 90 metres', "VALUES ('Morning Star')"],
    ['boat names with length in feet above 300 or below 60', "VALUES ('Morning Star'), ('Marlin')"],
    [
      'Find the boats that are either longer than 300 feet or cheaper than 100000',
      "VALUES ('Morning Star'), ('Little Auk')",
    ],
    [
      'List boat names in order of increasing length in feet',
      'SELECT boat_name FROM boats ORDER BY length_feet',
      'ordered',
    ],
  ],
  'counts beside what is counted': [
    ['What is the most common rank code, and how many are there?', 'VALUES (520, 2)'],
    ['Show the boat types and the count.', "VALUES ('tug', 2), ('ferry', 2), ('yacht', 1)"],
    [
      'For each berth, how many boats are there in order of the count?',
      'SELECT berth, COUNT(*) n FROM boats GROUP BY 1 ORDER BY n',
    ],
    [
      'Show each account name and the number of members, ordered by this count.',
      "VALUES ('338', 1), ('900', 2)",
      'ordered',
    ],
    ['How many boats are tugs and how many are yachts?', "VALUES ('tug', 2), ('yacht', 1)"],
    [
      'List the nicknames of members, sort the results by the number of followers',
      "VALUES ('tern'), ('heron'), ('wader')",
      'ordered',
    ],
  ],
  'the whole that the data describe': [
    ['What is the average salary of sailors in the company?', 'SELECT AVG(salary) FROM sailors'],
    ['How many boats of the company are tugs?', 'SELECT 2'],
    ['How many members are there in our network?', 'SELECT 3'],
  ],
  'the order of the rows': [
    [
      'Show the first name of sailors in descending order of age.',
      'SELECT first_name FROM sailors ORDER BY age DESC',
      'ordered',
    ],
    [
      'What are the first names of sailors by ascending order of age?',
      'SELECT first_name FROM sailors ORDER BY age',
      'ordered',
    ],
    ['names of boats in decreasing order of their price', 'SELECT boat_name FROM boats ORDER BY price DESC', 'ordered'],
    [
      'What are the boat names, ordered by the year they were built and their type?',
      'SELECT boat_name FROM boats ORDER BY built_year',
      'ordered',
    ],
    [
      'Show nicknames of members ordered by account name and then visits',
      "VALUES ('wader'), ('heron'), ('tern')",
      'ordered',
    ],
    ['sort the boats by price in descending order', 'SELECT boat_name FROM boats ORDER BY price DESC', 'ordered'],
    [
      'What are the different boat types in order of descending price?',
      "VALUES ('yacht'), ('ferry'), ('tug')",
      'ordered',
    ],
    ['number of boats per boat type, least to most', "VALUES ('yacht', 1), ('tug', 2), ('ferry', 2)"],
  ],
}

/** Words that would narrow the rows and that nothing in the data explains. */
const declined: readonly (readonly [question: string, reason: RegExp])[] = [
  ['Which sailor has the full name Anna Sund?', /full/],
  ['Which company has the most sailors?', /company/],
  ['How many sailors work for each company?', /company/],
  ['boats in the company dock', /company/],
  ['How many sailors left the company?', /company/],
  ['boats in berth Canal Basin, type yacht or in berth Harbour North, type tug', /belong together/],
  ['boats longer than 2 kilometers', /LENGTH_FEET is not in "kilometer"/],
]

let harbour: TestDatabase
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour.close())

describe.each(Object.entries(kinds))('%s', (_, cases) => {
  test.each(cases.map((asked) => [asked[0], asked] as const))('%s', (__, asked) => expectRows(harbour, asked))
})

test.each(declined)('%s is declined', async (question, reason) => {
  expect(await ask(question, harbour)).toMatchObject({
    kind: 'declined',
    reason: expect.stringMatching(reason) as unknown,
  })
})
