/// List of lines; a line with an action is a button over its whole width.
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

export function List({ children }: { children: ComponentChildren }) {
  return <ul class="list">{children}</ul>
}

interface LineProps {
  icon?: IconName
  title: ComponentChildren
  detail?: ComponentChildren
  onPress?: () => void
  test?: string
}

export function Line({ icon, title, detail, onPress, test }: LineProps) {
  const body = (
    <>
      {icon && <Icon name={icon} />}
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
