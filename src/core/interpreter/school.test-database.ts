import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'

/** A small school, as a folder of files would give it: camel case folded away, no keys declared, a table between two others. */
export const openSchool = (): Promise<TestDatabase> =>
  openDatabase('school', async (connection) => {
    for (const statement of statements) await connection.run(statement)
  })

const statements = [
  `CREATE TABLE Student AS SELECT * FROM (VALUES
     (1001, 'Smith', 'Linda', 18, 'F', 'Baltimore', 3.6), (1002, 'Kim', 'Tracy', 19, 'F', 'Boston', 3.1), (1003, 'Jones', 'Sheila', 21, 'F', 'Boston', 2.9),
     (1004, 'Kumar', 'Dinesh', 20, 'M', 'Washington', 3.9), (1005, 'Gompers', 'Paul', 26, 'M', 'Baltimore', 2.4), (1006, 'Schultz', 'Andy', 18, 'M', 'Boston', 3.3),
     (1007, 'Apap', 'Lisa', 18, 'F', 'Philadelphia', 3.7), (1008, 'Nelson', 'Jandy', 20, 'F', 'Boston', 2.8)) AS t(StuID, LName, Fname, Age, Sex, City, GPA)`,
  `CREATE TABLE Teacher AS SELECT * FROM (VALUES (1, 'Joseph Huts', 32, 52000, 2009, 'France'), (2, 'Gustaaf Deloor', 29, 48000, 2014, 'Italy'),
     (3, 'Vicente Carretero', 26, 61000, 2018, 'France'), (4, 'John Deloor', 33, 45500, 2005, 'Germany'), (5, 'Kearsley Brown', 45, 70000, 2001, 'Italy'))
     AS t(TeacherID, Name, Age, Salary, Hire_Year, Nationality)`,
  `CREATE TABLE Course AS SELECT * FROM (VALUES (10, 'Algebra', 4, 1), (11, 'Painting', 2, 2), (12, 'Biology', 4, 5), (13, 'Chemistry', 5, 5), (14, 'Latin', 3, 4))
     AS t(CourseID, Title, Credits, TeacherID)`,
  `CREATE TABLE Enrollment AS SELECT * FROM (VALUES (1001, 10, 'A'), (1001, 11, 'B'), (1001, 12, 'A'), (1002, 10, 'B'), (1003, 12, 'C'), (1004, 13, 'A'),
     (1004, 12, 'A'), (1006, 10, 'C'), (1007, 11, 'B')) AS t(StuID, CourseID, Grade)`,
  `CREATE TABLE Club AS SELECT * FROM (VALUES (1, 'Chess Club', 1998, 'HHH'), (2, 'Debate Club', 2004, 'AKW'), (3, 'Sailing Club', 2010, 'Dock'))
     AS t(ClubID, ClubName, Founded_Year, Location)`,
  `CREATE TABLE Member_of_club AS SELECT * FROM (VALUES (1001, 1, 'President'), (1002, 1, 'Member'), (1003, 2, 'Member'), (1005, 1, 'Member'), (1004, 2, 'President'))
     AS t(StuID, ClubID, Position)`,
  `CREATE TABLE pets AS SELECT * FROM (VALUES (2001, 'cat', 3, 12.0), (2002, 'dog', 2, 13.4), (2003, 'dog', 1, 9.3), (2004, 'bird', 5, 0.4)) AS t(PetID, PetType, pet_age, weight)`,
  `CREATE TABLE Has_Pet AS SELECT * FROM (VALUES (1001, 2001), (1002, 2002), (1002, 2003), (1005, 2004)) AS t(StuID, PetID)`,
]
