import type { PhraseRow, PlainRole } from './phrase.ts'

const plain = (is: PlainRole, phrases: string): PhraseRow => [phrases, { is }]

/** Phrases that hold a question together. */
export const plainPhrases: readonly PhraseRow[] = [
  plain(
    'lead',
    'show|list|find|give|return|display|tell|get|print|provide|fetch|select|report|compute|calculate|determine|identify|present|retrieve|output|what is|what are|what was|what were|what|how much|enumerate|state the|name the|find out|compare|i want|i need|i would like|who is|who are|who was|who were|describe|look up',
  ),
  plain('which', 'which|which of'),
  plain('when', 'when'),
  plain('where', 'where is|where are|where was|where were|where do|where does|where did'),
  plain('who', 'who'),
  plain(
    'each',
    'for each|for every|per|each|every|in each|of each|by each|from each|each of|each of the|for each of|for each of the|in every|of every|by every|grouped by|group by|broken down by|split by|across|across the different|for all different|for all the different|for different|by different|in each of the|of each of the|for each different|for each distinct|each different|each distinct|at each|on each|with each|within each|respective|for the different|for the respective|along each',
  ),
  plain('by', 'by|in terms of|based on|measured by|as measured by|according to'),
  plain(
    'order',
    'ordered by|order by|sorted by|sort by|arranged by|ranked by|order them by|sort them by|order the results by|order the result by|sort the results by|sort the result by|sort the list by|order the list by|ordered|sorted|in order of|in the order of|order results by|sort results by|arranged|in ascending order of|in descending order of|in alphabetical order of|in ascending order by|in descending order by|sorted in|ordered in|list them by|rank by|ordering by|sorting by',
  ),
  plain(
    'not',
    "not|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|never|cannot|can't|no|nor|none of|but not|did not|does not|do not|is not|are not|was not|were not|has not|have not|had not|not in|outside|outside of",
  ),
  plain(
    'without',
    'without|without any|with no|excluding|except|except for|have no|has no|had no|having no|lacking|lack|without a|without an|not having|apart from|that are not in|with zero|have zero|has zero|not including',
  ),
  plain('distinct', 'different|distinct|unique|distinctive|various'),
  plain('whose', 'whose|of which the|for which the'),
  plain(
    'relative',
    'that|which|whom|in which|for which|to which|of which|where|when the|on which|at which|by which|from which|through which|such that',
  ),
  plain('has', 'have|has|had|having|own|owns|owned|owning|possess|possesses|hold|holds|held'),
  plain(
    'with',
    'with|along with|together with|as well as|and also|including|with the|with a|with an|with some|with any',
  ),
  plain('and', 'and|&|plus|and the|also|as well as the|along with the|then'),
  plain('or', 'or|either|or the'),
  plain('comma', ',|;'),
  plain(
    'of',
    'of|across all|across all the|for all|for all the|of all|of all the|among all|among all the|over all|from all|from all the|in all the|in all',
  ),
  plain(
    'share',
    'percentage of|percentage|percent of|the percentage of|share of|proportion of|fraction of|what percentage of|what percent of|what share of|what proportion of|the share of|the proportion of|what fraction of|percent|the fraction of',
  ),
  plain('first', 'first'),
  plain('than', 'than'),
  plain('both', 'both'),
  plain('instead', 'instead of|rather than|but not the'),
  plain('only', 'only|just|solely|exclusively'),
  plain('this', 'that same|the same|those|these|this|such'),
  plain('pronoun', "it|its|their|them|they|his|her|him|she|he|theirs|ones|'s|itself|themselves|each other|us"),
  plain('average-value', 'than average|the overall average'),
  plain(
    'missing',
    'is null|are null|is missing|are missing|is unknown|are unknown|is empty|are empty|unknown|missing|null|not set|undefined|not specified|is blank|is not available',
  ),
  plain(
    'present',
    'is not null|are not null|is not missing|is known|are known|not null|is set|is available|not missing|are not missing',
  ),
  plain('times', 'times|how many times|number of times times'),
  plain(
    'filler',
    'in square kilometers|in square kilometres|in square miles|in kilometers|in kilometres|in meters|in metres|in km|in miles|in feet|in inches|in cm|in kg|in pounds|in tons|in dollars|in usd|in euros|in hours|in minutes|in seconds|in years|dollars|usd|euros|kg|km|cm|meters|metres|kilometers|kilometres|square kilometers|square miles|years old|years of age|year old|in total|in the database|in our database|in the data|in this database|of them|in all',
  ),
  plain('stop', '.|?|!|:'),
]
