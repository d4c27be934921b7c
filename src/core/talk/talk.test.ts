import { describe, expect, test } from 'vitest'
import { openTpch } from '../interpreter/tpch.test-database.ts'
import { makeCatalogQuestions } from './catalog-questions.ts'
import { answerSmallTalk, declineInOwnLanguage } from './talk.ts'

describe('small talk', () => {
  test.each([
    ['thanks!', /welcome/],
    ['Thank you, that was great!', /welcome/],
    ['hi', /Hello/],
    ['Hello there!', /Hello/],
    ['ok', /Good/],
    ['bye', /Goodbye/],
    ['help', /only read/],
    ['why?', /no answer yet/],
  ])('%s', (question, answer) => {
    expect(answerSmallTalk(question, [])).toMatch(answer)
  })

  test.each(['why?', 'what does that mean?', 'How did you get that?', 'explain'])(
    '%s explains the last query',
    (question) => {
      const history = [{ question: 'How many orders?', sql: 'SELECT 1', explanation: 'Counts the rows of ORDERS.' }]
      expect(answerSmallTalk(question, [...history, { question: 'thanks', sql: null }])).toBe(
        'You asked "How many orders?". Counts the rows of ORDERS.',
      )
    },
  )

  test.each(['Thanks! How many orders are there?', 'why did revenue fall?', 'ok now by month', 'how many orders?'])(
    '%s is a question',
    (question) => {
      expect(answerSmallTalk(question, [])).toBeNull()
    },
  )
})

describe('questions about the tables', async () => {
  const database = await openTpch()
  const { catalog } = database
  database.close()
  const answer = makeCatalogQuestions()
  const ask = (question: string) => answer(question, catalog, { showSamples: true })

  test.each(['What tables are there?', 'list the tables', 'What data do you have?', 'what can I ask?'])(
    '%s',
    (question) => {
      expect(ask(question)?.text).toMatch(/^There are 8 tables: /)
      expect(ask(question)?.table?.rows.map(([name]) => name)).toContain('LINEITEM')
    },
  )

  test.each([
    'describe the orders table',
    'What columns does orders have?',
    'describe customers',
    'show me the columns of the part table',
  ])('%s', (question) => {
    const rows = ask(question)?.table?.rows ?? []
    expect(rows.length).toBeGreaterThan(4)
    expect(rows[0]?.[0]).toMatch(/KEY$/)
  })

  test.each([
    ['where is the shipping date?', /L_SHIPDATE of LINEITEM/],
    ['Where is the account balance kept?', /C_ACCTBAL of CUSTOMER/],
    ['how are orders and customers joined?', /ORDERS\.O_CUSTKEY = CUSTOMER\.C_CUSTKEY/],
    ['How do I join part with supplier?', /joined through \w+ where PARTSUPP|joined through \w+ where LINEITEM/],
    ['how fresh is the data?', /newest dates/],
  ])('%s', (question, text) => {
    expect(ask(question)?.text).toMatch(text)
  })

  test('stored values are shown only where they may be', () => {
    const names = (showSamples: boolean) =>
      answer('describe the region table', catalog, { showSamples })?.table?.columns.map(({ name }) => name)
    expect(names(true)).toContain('EXAMPLES')
    expect(names(false)).not.toContain('EXAMPLES')
  })

  test.each([
    'How many orders are there?',
    'where is customer 5?',
    'describe the weather',
    'List all regions',
    'What is the shipping date of order 3?',
    'orders by month',
  ])('%s is a question about rows', (question) => {
    expect(ask(question)).toBeNull()
  })
})

describe('other languages', () => {
  test.each([
    ['Wie viele Kunden gibt es in Deutschland?', /auf Englisch/],
    ['Zeige mir den Umsatz pro Monat', /auf Englisch/],
    ['Combien de clients y a-t-il en France ?', /en anglais/],
    ["Quel est le chiffre d'affaires par mois ?", /en anglais/],
    ['¿Cuántos clientes hay en España?', /en inglés/],
    ['muestra las ventas por mes', /en inglés/],
    ['Quanti clienti ci sono in Italia?', /in inglese/],
    ['Quantos clientes existem no Brasil?', /em inglês/],
    ['Hoeveel klanten zijn er in Nederland?', /in het Engels/],
  ])('%s', (question, reason) => {
    expect(declineInOwnLanguage(question)).toMatch(reason)
  })

  test.each([
    'How many customers are in Las Vegas?',
    'orders in Los Angeles and La Paz',
    'total revenue by month',
    'customers named "El Niño de la Palma"',
    'die casts of the die table',
    'List all customers',
  ])('%s is English', (question) => {
    expect(declineInOwnLanguage(question)).toBeNull()
  })
})
