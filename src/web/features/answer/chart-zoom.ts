import { DataZoomInsideComponent, DataZoomSliderComponent } from 'echarts/components'
import { use } from 'echarts/core'

// Fetched for long charts only.
use([DataZoomInsideComponent, DataZoomSliderComponent])
