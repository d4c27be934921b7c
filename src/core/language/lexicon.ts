/** Stop words: they do not change what a question asks. */
export const stopWords: ReadonlySet<string> = new Set(
  `
a an the any all some there is are was were be been being am do does did done please me us you your can could would will shall should
may might must i we my our kindly also too so very really own as if then now still yet already ever
exist exists existing existed available recorded record records listed stored contained included found known given
database data dataset table tables entry entries row rows information info detail details value values result results
corresponding respectively respective associated related total overall altogether whole entire complete together individual
belong belongs belonging belonged come comes came coming live lives lived living reside resides resided residing located situated based
use uses used using take takes took taken taking make makes made making produce produces produced producing
create creates created creating place places placed get gets got getting receive receives received receiving give gives gave go goes
going went participate participates participated participating offer offers offered offering serve serves served serving provide provides
provided keep keeps happen happened happens occur occurs occurred appear appears appeared include includes involve involves involved
call called say says said want wanted see seen look looking need needs carry carries has have had having possess
affiliated correspond corresponds correspondingly match matches matching amount amounts number numbers quantity
name names named titled entitled called ones thing things kind kinds sort sorts type types
different possible most way ways time times up out off over between among every least once only both either neither each
with of in on at to for from by and or not that which who whose whom where when what how s t re ve d ll m etc vs
show shows display considered regarding concerning about share shared shares reported report reports ordered sorted order least
person people somebody someone anyone anything something nothing assigned assign work works worked working contain run runs hold held
set type list lists return than particular certain specific member members origin whatever whichever
`
    .trim()
    .split(/\s+/),
)

/** Nouns for the organisation or place that a whole database may describe. */
export const wholes: ReadonlySet<string> = new Set(
  'company store shop school university college hotel library network organization organisation firm business institution institute hospital clinic museum warehouse agency enterprise corporation platform website'.split(
    ' ',
  ),
)

/** Verbs. They help to choose among dates and joins; `checkVerbs` reports those without a counterpart in the query. */
export const verbs: ReadonlySet<string> = new Set(
  `
ship ships shipped shipping pay pays paid open opened opens close closed closes win won wins lose lost loses hire hired hires
publish published publishes release released releases write writes written wrote direct directed directs teach teaches taught
cancel cancelled canceled return returned returns deliver delivered delivers launch launched start started starts begin began begun
end ended ends finish finished found founded establish established born die died dies sign signed join joined joins register registered
registers visit visits visited visiting stay stays stayed book booked books rent rented rents borrow borrowed borrows sell sells sold
selling buy buys bought buying purchase purchased purchases spend spends spent earn earns earned earning cost costs costing weigh weighs weighed weighing score
scored drive drives driven fly flies flew speak speaks spoken study studies studied enroll enrolled enrolls employ employed employs
play plays played playing perform performed performs attend attended attends host hosted hosts manage managed manages design designed
designs develop developed develops build built builds submit submitted send sent supply supplies supplied order ordered place placed
post posted posts add added update updated built arrive arrived arriving depart departed departing leave leaving left land landing
treat treated treats prescribe prescribed diagnose diagnosed lead leads led own owned live support supported complain complained lend
graduate graduated showed supported supporting act acted acts star starred sing sang sung record recorded raise raised raises feature featured features gotten shown screened screening aired air flow flows flowing cross crosses crossed cover covers covered sign signing born raised admitted admit declared declare occurred approve approved
vote voted votes rate rated review reviewed appoint appointed elect elected operate operated operates pass passed grow grew breed collect collected collects
`
    .trim()
    .split(/\s+/),
)
