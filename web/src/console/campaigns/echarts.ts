/// The parts of ECharts that the charts of a campaign need. Loaded with the first chart; nothing else imports the library.
import { BarChart, LineChart, MapChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { LabelLayout } from 'echarts/features'
import { init, registerMap, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([BarChart, LineChart, MapChart, GridComponent, LegendComponent, TooltipComponent, LabelLayout, CanvasRenderer])

export { init, registerMap }
