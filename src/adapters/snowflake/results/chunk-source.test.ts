import { expect, test } from 'vitest'
import { isResultUrl } from './chunk-source.ts'

const account = 'https://acme-prod.snowflakecomputing.com'
const local = 'http://127.0.0.1:8443'

test.each([
  ['https://sfc-eu-ds1-customer-stage.s3.eu-central-1.amazonaws.com/results/x?X-Amz-Signature=1', true],
  ['https://s3.us-west-2.amazonaws.com/bucket/results/x', true],
  ['https://bucket.s3.cn-north-1.amazonaws.com.cn/x', true],
  ['https://sfcprodstage1.blob.core.windows.net/results/x?sig=1', true],
  ['https://storage.googleapis.com/bucket/results/x', true],
  ['https://bucket.s3.dualstack.eu-west-1.amazonaws.com/x', true],
  ['https://bucket.s3-fips.us-gov-west-1.amazonaws.com/x', true],
  ['https://bucket.s3-accelerate.amazonaws.com/x', true],
  ['https://bucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/x', true],
  ['https://bucket.vpce-0a1b2c3d4e5f-abcdefgh.s3.us-east-1.vpce.amazonaws.com/x', true],
  ['https://bucket.s3.eusc-de-east-1.amazonaws.eu/x', true],
  ['https://sfcprod.blob.core.usgovcloudapi.net/x', true],
  ['https://sfcprod.privatelink.blob.core.windows.net/x', true],
  ['https://sfcprod.z12.blob.storage.azure.net/x', true],
  ['https://sfcprod.blob.storage.azure.net/x', true],
  ['https://gcpuscentral1-ncxq405-stage.storage.googleapis.com/x', true],
  ['https://storage.me-central2.rep.googleapis.com/bucket/x', true],
  ['https://bucket.storage.me-central2.rep.googleapis.com/x', true],
  ['https://storage-snowflake.p.googleapis.com/bucket/x', true],
  ['https://acme-prod.snowflakecomputing.com/results/x', true],
  ['https://acme.privatelink.snowflakecomputing.com/results/x', true],
  [`${local}/chunks/1`, true],
  ['http://bucket.s3.amazonaws.com/x', false],
  ['https://bucket.s3.amazonaws.com:8443/x', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['http://127.0.0.1:80/admin', false],
  ['https://s3.amazonaws.com.evil.example/x', false],
  ['https://evils3.amazonaws.com/x', false],
  ['https://ec2.amazonaws.com/x', false],
  ['https://evil.example/?s3.amazonaws.com', false],
  ['https://evilstorage.googleapis.com/x', false],
  ['https://compute.me-central2.rep.googleapis.com/x', false],
  ['https://evil.p.googleapis.com/x', false],
  ['https://storage.googleapis.com.evil.example/x', false],
  ['https://evil.blob.storage.azure.net.example/x', false],
  ['https://sfcprod.file.core.windows.net/x', false],
  ['https://bucket.s3express-usw2-az1.us-west-2.amazonaws.com.evil.example/x', false],
  ['https://vpce-0a1b.ec2.us-east-1.vpce.amazonaws.com/x', false],
  ['https://user@evil.example/.s3.amazonaws.com', false],
  ['https://snowflakecomputing.com.evil.example/x', false],
  ['file:///etc/passwd', false],
])('%s: fetched %s', (url, allowed) => {
  expect(isResultUrl(new URL(url), account, [local])).toBe(allowed)
})

test('the account itself is allowed wherever it is', () => {
  expect(isResultUrl(new URL(`${local}/chunks/1`), local, [])).toBe(true)
  expect(isResultUrl(new URL(`${local}/chunks/1`), account, [])).toBe(false)
})
