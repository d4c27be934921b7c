// Prints the dashboard for Grafana; a test compares it with the one that is kept:
// node scripts/dashboard.mjs > deploy/monitoring/floe-dashboard.json
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** What the variables of the dashboard choose. */
const of = 'job=~"$job",instance=~"$instance"'
const rate = (metric, by, labels = '') => `sum by (${by}) (rate(${metric}{${of}${labels}}[$__rate_interval]))`
const quantile = (share, metric, by, labels = '') =>
  `histogram_quantile(${share}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket{${of}${labels}}[$__rate_interval])))`
const sum = (metric, by, labels = '') => `sum by (${by}) (${metric}{${of}${labels}})`

/** Rows of panels: title, unit, and each query with the name of its lines. */
const rows = [
  [
    'Doors',
    [
      ['Copies that answer', 'short', [['up{job=~"$job"}', '{{instance}}']]],
      ['Requests by status', 'reqps', [[rate('floe_http_requests_total', 'status'), '{{status}}']]],
      ['Busiest routes', 'reqps', [[`topk(8, ${rate('floe_http_requests_total', 'route')})`, '{{route}}']]],
      [
        'Time to an answer',
        's',
        [
          [quantile(0.5, 'floe_http_request_duration_seconds', ''), 'half'],
          [quantile(0.95, 'floe_http_request_duration_seconds', ''), '19 of 20'],
          [quantile(0.99, 'floe_http_request_duration_seconds', ''), '99 of 100'],
        ],
      ],
      ['Problems told', 'ops', [[`topk(10, ${rate('floe_problems_total', 'code')})`, '{{code}}']]],
      [
        'Streams and sockets open',
        'short',
        [
          [sum('floe_streams_open', 'kind'), '{{kind}}'],
          [sum('floe_streams_limit', 'kind'), 'most {{kind}}s'],
        ],
      ],
    ],
  ],
  [
    'Questions',
    [
      ['Questions by outcome', 'ops', [[rate('floe_turns_total', 'outcome'), '{{outcome}}']]],
      ['Questions by door', 'ops', [[rate('floe_turns_total', 'door'), '{{door}}']]],
      ['Why questions fail', 'ops', [[rate('floe_turns_total', 'problem', ',outcome="failed"'), '{{problem}}']]],
      [
        'Under way',
        'short',
        [
          [sum('floe_turns_running', 'state'), '{{state}}'],
          [sum('floe_turns_limit', 'state', ',state="running"'), 'most running'],
        ],
      ],
      [
        'Time at work',
        's',
        [
          [quantile(0.5, 'floe_turn_duration_seconds', '', ',outcome="done"'), 'half'],
          [quantile(0.9, 'floe_turn_duration_seconds', '', ',outcome="done"'), '9 of 10'],
        ],
      ],
      ['Time of each step, 9 of 10', 's', [[quantile(0.9, 'floe_turn_step_duration_seconds', 'step'), '{{step}}']]],
      [
        'Steps that did not succeed',
        'ops',
        [[rate('floe_turn_steps_total', 'step, state', ',state!="done"'), '{{step}}: {{state}}']],
      ],
      ['Results as files', 'ops', [[rate('floe_result_files_total', 'format, outcome'), '{{format}}: {{outcome}}']]],
    ],
  ],
  [
    'Warehouses',
    [
      ['Queries', 'ops', [[rate('floe_warehouse_queries_total', 'warehouse, purpose'), '{{warehouse}}: {{purpose}}']]],
      [
        'Queries by outcome',
        'ops',
        [[rate('floe_warehouse_queries_total', 'warehouse, outcome'), '{{warehouse}}: {{outcome}}']],
      ],
      [
        'Time of a query, 9 of 10',
        's',
        [[quantile(0.9, 'floe_warehouse_query_duration_seconds', 'warehouse'), '{{warehouse}}']],
      ],
      [
        'Bytes',
        'Bps',
        [
          [rate('floe_warehouse_estimated_bytes_total', 'warehouse'), '{{warehouse}}: may be read'],
          [rate('floe_warehouse_result_bytes_total', 'warehouse'), '{{warehouse}}: results'],
        ],
      ],
    ],
  ],
  [
    'Models',
    [
      ['Calls', 'ops', [[rate('floe_model_requests_total', 'model, outcome'), '{{model}}: {{outcome}}']]],
      ['Tokens', 'ops', [[rate('floe_model_tokens_total', 'model, direction'), '{{model}}: {{direction}}']]],
      [
        'Cost a day',
        'currencyUSD',
        [[`sum by (key) (increase(floe_model_cost_dollars_total{${of}}[24h]))`, 'key of the {{key}}']],
      ],
      [
        'Time to the first piece, 9 of 10',
        's',
        [[quantile(0.9, 'floe_model_first_token_seconds', 'model'), '{{model}}']],
      ],
    ],
  ],
  [
    'Processes and what they stand on',
    [
      ['Dependencies that answer', 'short', [[`min by (dependency) (floe_dependency_up{${of}})`, '{{dependency}}']]],
      [
        'Connections to the store',
        'short',
        [
          [sum('floe_store_pool_connections', 'state'), '{{state}}'],
          [sum('floe_store_pool_waiting', 'job'), 'statements that wait'],
        ],
      ],
      ['Sessions found in Redis', 'ops', [[rate('floe_session_cache_lookups_total', 'result'), '{{result}}']]],
      ['Memory of the server', 'bytes', [[`process_resident_memory_bytes{${of}}`, '{{instance}}']]],
      ['Memory of child processes', 'bytes', [[sum('floe_child_resident_memory_bytes', 'child'), '{{child}}']]],
      ['Child processes that run', 'short', [[sum('floe_children_running', 'child'), '{{child}}']]],
      [
        'Deaths of child processes, in an hour',
        'short',
        [[`sum by (child, reason) (increase(floe_child_deaths_total{${of}}[1h]))`, '{{child}}: {{reason}}']],
      ],
      ['Event loop delay, 99 of 100', 's', [[`nodejs_eventloop_lag_p99_seconds{${of}}`, '{{instance}}']]],
      ['Garbage collection', 's', [[rate('nodejs_gc_duration_seconds_sum', 'kind'), '{{kind}}']]],
      ['Processor', 'percentunit', [[rate('process_cpu_seconds_total', 'instance'), '{{instance}}']]],
      ['Requests that wait for a worker', 'short', [[sum('floe_worker_queue_length', 'worker'), '{{worker}}']]],
      [
        'Room on the disk of DATA_DIR',
        'bytes',
        [
          [`floe_data_disk_free_bytes{${of}}`, '{{instance}}'],
          [`floe_data_disk_size_bytes{${of}}`, '{{instance}}: all'],
        ],
      ],
      ['Versions', 'short', [[`count by (version, node) (floe_build_info{${of}})`, '{{version}} on Node {{node}}']]],
    ],
  ],
  [
    'Security',
    [
      ['Sign-ins', 'ops', [[rate('floe_sign_ins_total', 'outcome'), '{{outcome}}']]],
      [
        'Texts that the guard refused',
        'ops',
        [[rate('floe_guard_verdicts_total', 'reason', ',verdict="refused"'), '{{reason}}']],
      ],
      [
        'What is not there, or not theirs',
        'ops',
        [
          [rate('floe_http_requests_total', 'job', ',status="404",route=~".*[{].*"'), 'requests'],
          [rate('floe_problems_total', 'job', ',transport="socket",code="not_found"'), 'on sockets'],
          [rate('floe_http_requests_total', 'job', ',route="unmatched"'), 'unknown addresses'],
        ],
      ],
      [
        'Without a right, or too many',
        'ops',
        [[rate('floe_problems_total', 'code', ',code=~"forbidden|signed_out|token_needed|too_busy"'), '{{code}}']],
      ],
      ['What the parsers noticed', 'ops', [[rate('floe_parser_signals_total', 'kind'), '{{kind}}']]],
      ['Security events', 'ops', [[rate('floe_security_events_total', 'event'), '{{event}}']]],
      ['Audit', 'ops', [[`topk(10, ${rate('floe_audit_entries_total', 'action')})`, '{{action}}']]],
    ],
  ],
]

const source = { type: 'prometheus', uid: '${source}' }

function makePanel([title, unit, queries]) {
  const panel = new PanelBuilder().title(title).unit(unit).min(0).span(8).height(7).datasource(source)
  for (const [at, [expr, legend]] of queries.entries())
    panel.withTarget(new DataqueryBuilder().refId('ABC'.charAt(at)).expr(expr).legendFormat(legend))
  return panel
}

/** A variable that chooses among the values of a label, all of them at first. */
const makeChoice = (name, label, query) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query(query)
    .refresh(1)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' })

function makeDashboard() {
  const dashboard = new DashboardBuilder('Floe')
    .uid('floe')
    .tags(['floe'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'))
    .withVariable(makeChoice('job', 'Job', 'label_values(floe_build_info, job)'))
    .withVariable(makeChoice('instance', 'Copy', 'label_values(floe_build_info{job=~"$job"}, instance)'))
  for (const [title, panels] of rows) {
    dashboard.withRow(new RowBuilder(title))
    for (const panel of panels) dashboard.withPanel(makePanel(panel))
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`
}

process.stdout.write(makeDashboard())
