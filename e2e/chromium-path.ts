import { existsSync } from 'node:fs'

/** The browser that drives the page. */
export const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Whether the browser tests have to be left out on this machine; never where everything is required. */
export const lacksChromium = !existsSync(chromiumPath) && process.env['REQUIRE_ALL'] !== '1'

export const lackedChromium = `Chromium is not at ${chromiumPath}; install it or set CHROMIUM_PATH.`
