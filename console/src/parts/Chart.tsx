import { BarChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { CalendarComponent, DatasetComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([BarChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart, CalendarComponent, DatasetComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TitleComponent, TooltipComponent, VisualMapComponent, SVGRenderer])

// Chart draws an ECharts option. label says in words what the picture shows, for those who do not see it. Import it lazily: it is large.
export default function Chart({ option, height = 260, label, onPick }: { option: EChartsCoreOption; height?: number | string; label: string; onPick?: (p: { name: string; data: unknown; seriesName?: string }) => void }) {
  const box = useRef<HTMLDivElement>(null)
  const pick = useRef(onPick)
  pick.current = onPick
  useEffect(() => {
    const el = box.current!
    const chart = init(el, undefined, { renderer: 'svg' })
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option })
    chart.on('click', (p) => pick.current?.({ name: p.name, data: p.data, seriesName: p.seriesName }))
    const seen = new ResizeObserver(() => chart.resize())
    seen.observe(el)
    return () => {
      seen.disconnect()
      chart.dispose()
    }
  }, [option])
  return <div ref={box} role="img" aria-label={label} style={{ width: '100%', height }} />
}
