/** How often a fuzz test tries: `FUZZ_RUNS` where it is set, else few enough for CI. */
export const fuzzRuns = (usual: number): number => Number(process.env['FUZZ_RUNS'] ?? usual)
