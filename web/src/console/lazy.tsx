/// Tools that are loaded when they are first opened, with an honest answer when they cannot be.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { c } from './text/console'

type Load<P> = () => Promise<{ default: ComponentType<P> }>

/** Component that loads `load` on first use; the module itself is cached by the browser. */
export function lazy<P extends object>(load: Load<P>): ComponentType<P> {
  return function Lazy(props: P) {
    const [state, setState] = useState<{ tool?: ComponentType<P>; failed?: boolean }>({})
    const start = () => {
      setState({})
      load().then(
        (loaded) => setState({ tool: loaded.default }),
        () => setState({ failed: true }),
      )
    }
    useEffect(start, [])
    if (state.tool) return <state.tool {...props} />
    if (!state.failed) return <p class="loading">{c('loading')}</p>
    return (
      <Notice tone="warn" role="alert">
        <p>{c('toolFailed')}</p>
        <Button onClick={start}>{c('retry')}</Button>
      </Notice>
    )
  }
}
