// Without the theme's own font: readers have one.
import './style.css'

export { default } from 'vitepress/theme-without-fonts'
