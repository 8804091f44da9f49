/// Entry of the resident's page.
import { render } from 'preact'

const root = document.getElementById('app')
if (root) render(<h1>一码通</h1>, root)
