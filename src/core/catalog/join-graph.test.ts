import { describe, expect, test } from 'vitest'
import type { Catalog, CatalogTable, ForeignKey } from './catalog.ts'
import { makeJoinGraph, tableAfter } from './join-graph.ts'
import { nameCatalog } from './named-catalog.ts'

type Described = Readonly<Record<string, readonly string[]>>

/** Tables from "name: type = values" texts, a type of NUMBER where none is given. */
function catalogOf(tables: Described, keys: Readonly<Record<string, readonly ForeignKey[]>> = {}): Catalog {
  const made = Object.entries(tables).map(([name, columns]): CatalogTable => ({
    database: 'D',
    schema: 'S',
    name,
    kind: 'table',
    comment: null,
    columns: columns.map((text) => {
      const [, id = '', type = 'NUMBER', values = ''] = /^(\w+)(?:: (\w+))?(?: = (.*))?$/.exec(text) ?? []
      const samples = values === '' ? [] : values.split('|')
      return { name: id, type, nullable: true, comment: null, samples, samplesComplete: samples.length > 0 }
    }),
    primaryKey: [],
    foreignKeys: keys[name] ?? [],
    rowCount: 100,
  }))
  return { tables: made, defaultDatabase: null, defaultSchema: null }
}

function joinsOf(catalog: Catalog): readonly string[] {
  const named = nameCatalog(catalog)
  const graph = makeJoinGraph(named)
  return named.tables
    .flatMap((table) => graph.stepsFrom(table).filter((step) => step.up))
    .map(
      ({ edge }) =>
        `${edge.from.table.name}.${edge.columns.join('+')} > ${edge.to.table.name}.${edge.targetColumns.join('+')}`,
    )
    .sort()
}

describe('infers keys from names', () => {
  const cases: readonly (readonly [why: string, tables: Described, joins: readonly string[]])[] = [
    [
      'prefix and key suffix',
      { CUSTOMER: ['C_CUSTKEY', 'C_NAME: TEXT'], ORDERS: ['O_ORDERKEY', 'O_CUSTKEY', 'O_COMMENT: TEXT'] },
      ['ORDERS.O_CUSTKEY > CUSTOMER.C_CUSTKEY'],
    ],
    [
      'letters that all names of a schema begin with',
      {
        SBCUSTOMER: ['SBCUSTID', 'SBCUSTNAME: TEXT', 'SBCUSTCITY: TEXT'],
        SBTICKER: ['SBTICKERID', 'SBTICKERNAME: TEXT', 'SBTICKERTYPE: TEXT'],
        SBTRANSACTION: ['SBTXID', 'SBTXCUSTID', 'SBTXTICKERID', 'SBTXPRICE'],
      },
      ['SBTRANSACTION.SBTXCUSTID > SBCUSTOMER.SBCUSTID', 'SBTRANSACTION.SBTXTICKERID > SBTICKER.SBTICKERID'],
    ],
    [
      'table_id to id',
      { customers: ['id', 'name: TEXT'], orders: ['id', 'customer_id'] },
      ['orders.customer_id > customers.id'],
    ],
    [
      'the same name in both',
      { Teacher: ['TeacherID'], Course: ['CourseID', 'TeacherID'] },
      ['Course.TeacherID > Teacher.TeacherID'],
    ],
    [
      'a short form of the table',
      { doctors: ['doc_id'], visits: ['visit_id', 'doc_id'] },
      ['visits.doc_id > doctors.doc_id'],
    ],
    [
      'called like the table',
      { airlines: ['uid', 'airline: TEXT'], flights: ['flight_no', 'airline'] },
      ['flights.airline > airlines.uid'],
    ],
    [
      'the end of the table name',
      { tv_channel: ['id', 'name: TEXT'], cartoon: ['cartoon_id', 'channel'] },
      ['cartoon.channel > tv_channel.id'],
    ],
    [
      'roles before the name',
      { team: ['team_id'], match: ['match_id', 'home_team_id', 'away_team_id'] },
      ['match.away_team_id > team.team_id', 'match.home_team_id > team.team_id'],
    ],
    [
      'a bridge between two',
      { Student: ['StuID'], Pets: ['PetID'], Has_Pet: ['StuID', 'PetID'] },
      ['Has_Pet.PetID > Pets.PetID', 'Has_Pet.StuID > Student.StuID'],
    ],
    [
      'codes that are text',
      { types: ['type_code: TEXT = A|B'], things: ['thing_id', 'type_code: TEXT = A|B'] },
      ['things.type_code > types.type_code'],
    ],
    [
      'codes that no name but every value leads to',
      {
        airports: ['code: TEXT = LIS|OSL|CDG', 'city: TEXT'],
        flights: ['flight_id', 'origin_code: TEXT = OSL|LIS|CDG', 'colour_code: TEXT = OSL|red|blue'],
      },
      ['flights.origin_code > airports.code'],
    ],
    [
      'a link table of keys alone',
      { person: ['id', 'name: TEXT'], friend: ['human_id', 'friend_id'] },
      ['friend.friend_id > person.id', 'friend.human_id > person.id'],
    ],
  ]
  test.each(cases)('%s', (_, tables, joins) => expect(joinsOf(catalogOf(tables))).toEqual(joins))
})

describe('infers nothing where names only look alike', () => {
  const cases: readonly (readonly [why: string, tables: Described])[] = [
    ['different types', { customer: ['customer_id: TEXT'], orders: ['order_id', 'customer_id'] }],
    ['values that never meet', { city: ['city_code: TEXT = AAA|BBB'], trip: ['trip_id', 'city_code: TEXT = ZZZ|YYY'] }],
    ['two tables with an id', { a: ['id', 'name: TEXT'], b: ['id', 'name: TEXT'] }],
    ['a count of things', { semesters: ['semester_id'], course: ['course_id', 'num_semesters'] }],
  ]
  test.each(cases)('%s', (_, tables) => expect(joinsOf(catalogOf(tables))).toEqual([]))
})

test('declared keys come first and are not inferred again', () => {
  const target = { database: 'D', schema: 'S', name: 'people' }
  const declared: ForeignKey = { columns: ['boss'], target, targetColumns: ['pid'] }
  const catalog = catalogOf({ people: ['pid', 'name: TEXT'], teams: ['team_id', 'boss'] }, { teams: [declared] })
  expect(joinsOf(catalog)).toEqual(['teams.boss > people.pid'])
})

test('the shortest way goes through the tables between', () => {
  const named = nameCatalog(
    catalogOf({
      REGION: ['R_REGIONKEY', 'R_NAME: TEXT'],
      NATION: ['N_NATIONKEY', 'N_NAME: TEXT', 'N_REGIONKEY'],
      CUSTOMER: ['C_CUSTKEY', 'C_NATIONKEY'],
      ORDERS: ['O_ORDERKEY', 'O_CUSTKEY'],
    }),
  )
  const graph = makeJoinGraph(named)
  const at = (name: string) => named.tables.find((t) => t.table.name === name)
  const [orders, region] = [at('ORDERS'), at('REGION')]
  if (orders === undefined || region === undefined) throw new Error('the catalog lacks a table')
  const names = graph.path(orders, region)?.steps.map((step) => tableAfter(step).table.name)
  expect(names).toEqual(['CUSTOMER', 'NATION', 'REGION'])
  expect(graph.path(region, orders)?.steps.every((step) => !step.up)).toBe(true)
  expect(graph.path(region, orders, { onlyUp: true })).toBeNull()
})
