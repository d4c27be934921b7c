import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { expectRows } from './questions.test-support.ts'
import type { Case } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'

const owners = 'Has_Pet JOIN Student USING (StuID) JOIN pets USING (PetID)'

const cases: readonly Case[] = [
  ['How many students are there?', 'SELECT COUNT(*) FROM Student'],
  ['Count the number of teachers.', 'SELECT COUNT(*) FROM Teacher'],
  ['What is the total number of clubs?', 'SELECT COUNT(*) FROM Club'],
  ['How many distinct nationalities are there among teachers?', 'SELECT COUNT(DISTINCT Nationality) FROM Teacher'],
  ['What are the names of all teachers?', 'SELECT Name FROM Teacher'],
  ['List the name and salary of teachers.', 'SELECT Name, Salary FROM Teacher'],
  ['Show the first name, last name and age of each student.', 'SELECT Fname, LName, Age FROM Student'],
  ['List the titles of courses in alphabetical order.', 'SELECT Title FROM Course ORDER BY Title', 'ordered'],
  [
    'List the names of teachers ordered by salary in descending order.',
    'SELECT Name FROM Teacher ORDER BY Salary DESC',
    'ordered',
  ],
  [
    'What is the average, minimum and maximum salary of teachers?',
    'SELECT AVG(Salary), MIN(Salary), MAX(Salary) FROM Teacher',
  ],
  ['What is the average age of female students?', "SELECT AVG(Age) FROM Student WHERE Sex = 'F'"],
  ['How many male students live in Boston?', "SELECT COUNT(*) FROM Student WHERE Sex = 'M' AND City = 'Boston'"],
  ['Which students are older than 19?', 'SELECT Fname, LName FROM Student WHERE Age > 19'],
  ['How many students have a GPA of at least 3.5?', 'SELECT COUNT(*) FROM Student WHERE GPA >= 3.5'],
  ['Find the last names of students whose city is not Boston.', "SELECT LName FROM Student WHERE City <> 'Boston'"],
  ['What are the names of teachers who are not French?', "SELECT Name FROM Teacher WHERE Nationality <> 'France'"],
  ['How many teachers were hired after 2008?', 'SELECT COUNT(*) FROM Teacher WHERE Hire_Year > 2008'],
  [
    'How many clubs were founded between 1995 and 2005?',
    'SELECT COUNT(*) FROM Club WHERE Founded_Year BETWEEN 1995 AND 2005',
  ],
  ['Who is the youngest teacher?', 'SELECT Name, Age FROM Teacher ORDER BY Age LIMIT 1'],
  ['What is the name of the teacher with the highest salary?', 'SELECT Name FROM Teacher ORDER BY Salary DESC LIMIT 1'],
  ['What is the salary of the oldest teacher?', 'SELECT Salary FROM Teacher ORDER BY Age DESC LIMIT 1'],
  ['What are the top 2 teachers by salary?', 'SELECT Name, Salary FROM Teacher ORDER BY 2 DESC LIMIT 2', 'ordered'],
  ['What is the name of the second oldest teacher?', 'SELECT Name FROM Teacher ORDER BY Age DESC LIMIT 1 OFFSET 1'],
  [
    'Which teacher has a salary above the average?',
    'SELECT Name FROM Teacher WHERE Salary > (SELECT AVG(Salary) FROM Teacher)',
  ],
  ['How many students are there in each city?', 'SELECT City, COUNT(*) FROM Student GROUP BY 1'],
  [
    'Show each nationality and the number of teachers of that nationality.',
    'SELECT Nationality, COUNT(*) FROM Teacher GROUP BY 1',
  ],
  ['For each sex, what is the average GPA?', 'SELECT Sex, AVG(GPA) FROM Student GROUP BY 1'],
  [
    'What is the most common nationality of teachers?',
    'SELECT Nationality FROM (SELECT Nationality, COUNT(*) n, MIN(Name) m FROM Teacher GROUP BY 1) ORDER BY n DESC, Nationality LIMIT 1',
  ],
  ['Which cities have at least 2 students?', 'SELECT City FROM Student GROUP BY 1 HAVING COUNT(*) >= 2'],
  [
    'What are the first names of students who have a dog?',
    `SELECT DISTINCT Fname FROM ${owners} WHERE PetType = 'dog'`,
  ],
  [
    'How many pets are owned by students older than 18?',
    'SELECT COUNT(*) FROM Has_Pet JOIN Student USING (StuID) WHERE Age > 18',
  ],
  [
    'Find the number of dogs owned by female students.',
    `SELECT COUNT(*) FROM ${owners} WHERE PetType = 'dog' AND Sex = 'F'`,
  ],
  [
    'Find the first names of students who have no pets.',
    'SELECT Fname FROM Student WHERE StuID NOT IN (SELECT StuID FROM Has_Pet)',
  ],
  [
    'How many students do not have a cat?',
    `SELECT COUNT(*) FROM Student WHERE StuID NOT IN (SELECT StuID FROM ${owners} WHERE PetType = 'cat')`,
  ],
  [
    'How many pets does each student have?',
    'SELECT Fname, LName, COUNT(*) FROM Has_Pet JOIN Student USING (StuID) GROUP BY 1, 2',
  ],
  [
    'Which students have more than one pet?',
    'SELECT Fname, LName FROM Student WHERE StuID IN (SELECT StuID FROM Has_Pet GROUP BY 1 HAVING COUNT(*) > 1)',
  ],
  ['What is the weight of the youngest dog?', "SELECT weight FROM pets WHERE PetType = 'dog' ORDER BY pet_age LIMIT 1"],
  ['Find the average weight for each type of pet.', 'SELECT PetType, AVG(weight) FROM pets GROUP BY 1'],
  [
    'What are the titles of courses taught by Kearsley Brown?',
    "SELECT Title FROM Course JOIN Teacher USING (TeacherID) WHERE Name = 'Kearsley Brown'",
  ],
  [
    'How many courses does each teacher teach?',
    'SELECT Name, COUNT(*) FROM Course JOIN Teacher USING (TeacherID) GROUP BY 1',
  ],
  [
    'Which teachers do not teach any course?',
    'SELECT Name FROM Teacher WHERE TeacherID NOT IN (SELECT TeacherID FROM Course)',
  ],
  [
    'What is the name of the teacher who teaches the most courses?',
    'SELECT Name FROM Course JOIN Teacher USING (TeacherID) GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1',
  ],
  [
    'How many students are enrolled in Biology?',
    "SELECT COUNT(DISTINCT StuID) FROM Enrollment JOIN Course USING (CourseID) WHERE Title = 'Biology'",
  ],
  [
    'Show the title of each course and the number of students enrolled in it.',
    'SELECT Title, COUNT(DISTINCT StuID) FROM Enrollment JOIN Course USING (CourseID) GROUP BY 1',
  ],
  ['How many courses have more than 3 credits?', 'SELECT COUNT(*) FROM Course WHERE Credits > 3'],
  [
    'How many members does the Chess Club have?',
    "SELECT COUNT(*) FROM Member_of_club JOIN Club USING (ClubID) WHERE ClubName = 'Chess Club'",
  ],
  [
    'Find the last name of the student who is president of the Debate Club.',
    "SELECT LName FROM Member_of_club JOIN Club USING (ClubID) JOIN Student USING (StuID) WHERE ClubName = 'Debate Club' AND Position = 'President'",
  ],
  ['Show the ids of students who got grade A.', "SELECT DISTINCT StuID FROM Enrollment WHERE Grade = 'A'"],
  [
    'What are the locations of clubs whose name contains "Sail"?',
    "SELECT Location FROM Club WHERE ClubName ILIKE '%sail%'",
  ],
  ['How old is the oldest teacher?', 'SELECT MAX(Age) FROM Teacher'],
  ['How heavy is the youngest pet?', 'SELECT weight FROM pets ORDER BY pet_age LIMIT 1'],
  [
    'What is the city with the most number of students and how many does it have?',
    'SELECT City, COUNT(*) FROM Student GROUP BY 1 ORDER BY 2 DESC LIMIT 1',
  ],
  [
    'How many students are there in each city? List the city and the count.',
    'SELECT City, COUNT(*) FROM Student GROUP BY 1',
  ],
  ['What is the age of Tracy?', "SELECT Age FROM Student WHERE Fname = 'Tracy'"],
]

let database: TestDatabase
beforeAll(async () => {
  database = await openSchool()
})
afterAll(() => database.close())

describe('questions over a school', () => {
  test.each(cases.map((asked) => ({ question: asked[0], asked })))('$question', ({ asked }) =>
    expectRows(database, asked),
  )
})
