/// Screens that are loaded when they are first opened, with an honest answer when they cannot be.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { t } from './text/code'

type Load<P> = () => Promise<{ default: ComponentType<P> }>

/** Component that loads `load` on first use; the module itself is cached by the browser. */
export function lazy<P extends object>(load: Load<P>): ComponentType<P> {
  return function Lazy(props: P) {
    const [state, setState] = useState<{ screen?: ComponentType<P>; failed?: boolean }>({})
    const start = () => {
      setState({})
      load().then(
        (loaded) => setState({ screen: loaded.default }),
        () => setState({ failed: true }),
      )
    }
    useEffect(start, [])
    if (state.screen) return <state.screen {...props} />
    if (!state.failed) return <p class="loading">{t('open')}</p>
    return (
      <Notice tone="warn" role="alert">
        <p>{t('loadFailed')}</p>
        <Button onClick={start}>{t('retry')}</Button>
      </Notice>
    )
  }
}
