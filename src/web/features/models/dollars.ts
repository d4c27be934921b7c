import { languageLocale } from '../../words/language.ts'

/** A sum of money; small ones with as many digits as tell them apart from nothing. */
export function dollars(amount: number): string {
  const digits =
    amount > 0 && amount < 0.01
      ? { minimumFractionDigits: 0, maximumSignificantDigits: 2 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return amount.toLocaleString(languageLocale, { style: 'currency', currency: 'USD', ...digits })
}
