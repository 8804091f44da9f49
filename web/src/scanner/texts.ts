/// Words of the camera and of what helps when it does not.
import { type Dictionary, texts } from '../i18n/lang'

export const dictionary = {
  zh: {
    starting: '正在打开摄像头…',
    torch: '手电筒',
    photo: '拍照识读',
    cameraUnsupported: '此浏览器不能打开摄像头。请用“拍照识读”，或用系统浏览器打开本页。',
    cameraDenied: '没有摄像头权限。请在浏览器设置中允许，或用“拍照识读”。',
    cameraAbsent: '没有找到摄像头。请用“拍照识读”、扫码枪或输入码文。',
    cameraBusy: '摄像头被其他程序占用。请关闭后重试。',
    retry: '重试',
    noCodeInPhoto: '照片里没有识读到二维码，请靠近、对焦后重拍。',
  },
  en: {
    starting: 'Opening the camera…',
    torch: 'Torch',
    photo: 'Take photo',
    cameraUnsupported: 'This browser cannot open the camera. Use “Take photo”, or open the page in the system browser.',
    cameraDenied: 'No permission for the camera. Allow it in the browser settings, or use “Take photo”.',
    cameraAbsent: 'No camera found. Use “Take photo”, a handheld scanner, or enter the text.',
    cameraBusy: 'Another program is using the camera. Close it and try again.',
    retry: 'Try again',
    noCodeInPhoto: 'No QR code was found in the photo. Move closer, focus, and take it again.',
  },
} satisfies Dictionary<string>

export type TextKey = keyof (typeof dictionary)['zh']

/** Text in the page's language. */
export const s = texts<TextKey>(dictionary)
