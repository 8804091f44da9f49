/// Entry of the staff console.
import { render } from 'preact'

const root = document.getElementById('app')
if (root) render(<h1>一码通工作台</h1>, root)
