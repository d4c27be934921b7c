/** The one person of a Floe that runs without sign-in. */
export const localUserId = '6b1f0a52-7d0c-4c7e-9a53-0d2f4c1e8a01'
