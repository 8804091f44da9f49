/// List of lines; a line with an action is a button over its whole width.
import type { ComponentChildren } from 'preact'
import { Icon } from './icon'
import './list.css'

export function List({ children }: { children: ComponentChildren }) {
  return <ul class="list">{children}</ul>
}

interface LineProps {
  /** SVG path, see `icon_paths.ts` */
  icon?: string
  title: ComponentChildren
  detail?: ComponentChildren
  onPress?: () => void
  test?: string
}

export function Line({ icon, title, detail, onPress, test }: LineProps) {
  const body = (
    <>
      {icon && <Icon path={icon} />}
      <span class="line-text">
        <span>{title}</span>
        {detail && <small>{detail}</small>}
      </span>
      {onPress && <Icon name="next" />}
    </>
  )
  return (
    <li>
      {onPress ? (
        <button type="button" class="line" onClick={onPress} data-test={test}>
          {body}
        </button>
      ) : (
        <div class="line" data-test={test}>
          {body}
        </div>
      )}
    </li>
  )
}
