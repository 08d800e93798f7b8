import assert from 'node:assert/strict';
import { loggedImages } from '../../../src/extension/panels/logged-images.js';
import { fileName } from '../../../src/server/tensorboard/names.js';

const files = (...paths: string[]) => paths.map((path) => ({ path, isFolder: false, bytes: 1 }));

describe('loggedImages', () => {
  it('reads the names of MLflow, old and new, with their small copies', () => {
    const images = loggedImages(
      files(
        'images/val#grid%step%20%timestamp%1700000000000%aaaa-1.png',
        'images/val#grid%step%20%timestamp%1700000000000%aaaa-1%compressed.webp',
        'images/val~grid+step+3+timestamp+1700000000001+bbbb-2+compressed.webp',
        'images/val~grid+step+3+timestamp+1700000000001+bbbb-2.png',
        'images/dogs+step+0+timestamp+1+cc.png',
      ),
    );
    assert.deepEqual(images, [
      {
        key: 'dogs',
        step: 0,
        path: 'images/dogs+step+0+timestamp+1+cc.png',
        small: 'images/dogs+step+0+timestamp+1+cc.png',
      },
      {
        key: 'val/grid',
        step: 3,
        path: 'images/val~grid+step+3+timestamp+1700000000001+bbbb-2.png',
        small: 'images/val~grid+step+3+timestamp+1700000000001+bbbb-2+compressed.webp',
      },
      {
        key: 'val/grid',
        step: 20,
        path: 'images/val#grid%step%20%timestamp%1700000000000%aaaa-1.png',
        small: 'images/val#grid%step%20%timestamp%1700000000000%aaaa-1%compressed.webp',
      },
    ]);
  });

  it('reads the names that event files are given', () => {
    const path = fileName('images', {
      key: 'a/b c',
      step: 7,
      timestamp: 12,
      id: 'x-0',
      extension: 'jpg',
    });
    assert.deepEqual(loggedImages(files(path)), [{ key: 'a/b c', step: 7, path, small: path }]);
  });

  it('takes the newest of one key and step', () => {
    const images = loggedImages(
      files('images/a%step%1%timestamp%20%new.png', 'images/a%step%1%timestamp%10%old.png'),
    );
    assert.deepEqual(
      images.map(({ path }) => path),
      ['images/a%step%1%timestamp%20%new.png'],
    );
  });

  it('leaves out what has no step', () => {
    assert.deepEqual(loggedImages(files('images/plot.png', 'images/a%step%x%timestamp%1%b.png')), []);
    assert.deepEqual(loggedImages([{ path: 'images/a%step%1%timestamp%1%b.png', isFolder: true }]), []);
    assert.deepEqual(loggedImages(files('images/a%step%1%timestamp%1%b.txt')), []);
  });
});
