/** Groups of synonyms, one per line; singular, lower case. */
const groups = `
customer client buyer shopper patron
supplier vendor provider
product item article goods merchandise
employee staff worker personnel
person people individual human
student pupil learner
instructor teacher professor lecturer tutor faculty
doctor physician
company firm business corporation enterprise organization
country nation
country nationality
nationality citizenship
city town municipality
state province
street road
place location venue
sex gender
salary pay wage income compensation
earnings income
price cost
price fare
price value
amount value
amount sum
amount total
quantity amount
quantity unit
revenue sales turnover
phone telephone mobile cell
email mail
zip postal postcode
kind type category class
genre style kind
title name
name label
surname last
date day
date time
birthday birthdate dob
begin start commence
end finish
begin open
end close
photo picture image
movie film
song track
car vehicle automobile auto
airplane plane aircraft
ship vessel boat
maker manufacturer producer
shop store outlet branch
purchase buy order
purchase spend
payment pay
expense cost spending spent
choice option
serial series
author writer
book publication
team club
match game
player athlete
score point
score rating
rating grade star
rank ranking position
place position
winner champion victor
stadium arena venue
seat capacity
job occupation profession career
job position role title
department division unit
manager boss head supervisor
member participant
membership subscription
course class subject
school college university institution
room chamber
house home
address residence
apartment flat
pet animal
disease illness condition
diagnosis disease
medicine drug medication
treatment therapy
patient case
visit appointment
description detail
comment note remark
text content
code abbreviation symbol
id identifier
number count
size area
area surface
length distance
height altitude elevation
weight mass
speed velocity
duration length
duration runtime
population inhabitant resident person
language tongue
language speak
religion faith
capital city
source origin departure depart leave
destination arrival arrive land dest
leave depart
arrive reach
create make produce build
edit modify
publish release issue
release launch
join enroll register
register sign
hire employ
transaction deal
invoice bill
discount rebate reduction
tax duty
fee charge
balance saving
loan credit
order purchase
delivery shipment shipping
ship deliver
mode method
segment sector industry
brand make
warehouse depot
stock inventory
available stock
category group
parent mother father
child kid
husband wife spouse partner
vote ballot
contestant candidate
election poll
party faction
festival event
concert show
show program
program programme
episode installment
channel station
network channel
album record
singer artist musician vocalist
band group
actor actress performer
director filmmaker
museum gallery
painting artwork
theater theatre cinema
restaurant diner eatery
dish meal food
cuisine food
hotel inn
guest visitor
booking reservation
flight trip
trip journey
airport airfield
airline carrier
station stop
train railway
driver rider
race contest competition tournament
competition event
coach trainer
degree qualification
grade mark
paragraph section
document file paper
template form
version revision
user account
review rating
review comment
message post
friend buddy
like favorite
website site url
color colour
final last
first initial
weekly week
monthly month
yearly year annual
net clean
worth value wealth
rich wealth
money cash
dog puppy
cat kitten
breed race
acceleration accelerate
percentage percent share
ratio share
status state
open active
closed inactive
horsepower power
headquarter office base
institution organization
`
/** The likeness of two words of one group. */
const nearness = 0.8

function readGroups(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const line of groups.trim().split('\n')) {
    const words = line.split(' ')
    for (const word of words) {
      const known = found.get(word) ?? new Set<string>()
      for (const other of words) if (other !== word) known.add(other)
      found.set(word, known)
    }
  }
  return found
}

/** Looks up synonyms. Words are singular and in lower case. */
export interface Synonyms {
  /** From 0 (unrelated) to below 1. Not meant for equal words. */
  likeness(a: string, b: string): number
  of(word: string): readonly string[]
}

/** Builds the lookup from the groups. */
export function makeSynonyms(): Synonyms {
  const found = readGroups()
  return {
    likeness: (a, b) => (found.get(a)?.has(b) === true ? nearness : 0),
    of: (word) => [...(found.get(word) ?? [])],
  }
}
